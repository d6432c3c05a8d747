-- One row per 835 transaction, with its disposition. A payment is known by what intermediaries do not rewrite: its trace
-- number, who sent the money (TRN03, else the payer) and what it says; one that moves no money by its content alone. Sets of
-- one interchange that share a trace and bring other claims are parts of one payment. Of copies one is booked, whichever
-- landed first; what contradicts an earlier one waits for a person.

with transactions as (
    select * from {{ ref('stg_era835__transactions') }}
),

claims as (
    select
        file_id,
        transaction_number,
        {{ content_mark(
            "concat_ws(':', " ~ bare_number('claim_id') ~ ", claim_status_code, cast(charged_amount as varchar), "
            "cast(paid_amount as varchar), " ~ bare_number('payer_control_number') ~ ")"
        ) }} as claims_mark,
        -- a reversal takes back: amounts that are not negative contradict it
        max(case when is_reversal and (paid_amount > 0 or charged_amount > 0) then 1 else 0 end) as contradiction_count
    from {{ ref('stg_era835__claims') }}
    group by file_id, transaction_number
),

provider_adjustments as (
    select
        file_id,
        transaction_number,
        {{ content_mark("concat_ws(':', adjustment_reason_code, reference_id, cast(adjustment_amount as varchar))") }}
            as adjustments_mark
    from {{ ref('stg_era835__provider_adjustments') }}
    group by file_id, transaction_number
),

aliases as (
    select * from {{ ref('payer_aliases') }}
),

released as (
    select distinct item_key
    from {{ ref('stg_books__item_decisions') }}
    where verb = 'release'
),

marked as (
    select
        transactions.*,
        {{ surrogate_key(['transactions.file_id', 'transactions.transaction_number']) }} as payment_key,
        concat_ws(
            ':', transactions.payer_id, transactions.trace_number, transactions.originating_company_id
        ) as payment_identity,
        coalesce({{ bare_number('transactions.trace_number') }}, '0') as trace_mark,
        coalesce({{ bare_number('transactions.originating_company_id') }}, aliases.same_payer_id, transactions.payer_id, '')
            as sender,
        {{ surrogate_key([
            'claims.claims_mark', 'provider_adjustments.adjustments_mark', 'transactions.paid_amount',
            'transactions.payment_date',
        ]) }} as content_mark,
        claims.claims_mark,
        coalesce(claims.contradiction_count, 0) as contradiction_count,
        -- BPR01 H and BPR04 NON tell of a payment and are none
        transactions.handling_code = 'H' or transactions.payment_method_code = 'NON' as is_notification,
        concat_ws(':', transactions.file_id, cast(transactions.interchange_segment_number as varchar)) as interchange_mark
    from transactions
    left join claims
        on transactions.file_id = claims.file_id and transactions.transaction_number = claims.transaction_number
    left join provider_adjustments
        on transactions.file_id = provider_adjustments.file_id
        and transactions.transaction_number = provider_adjustments.transaction_number
    left join aliases on transactions.payer_id = aliases.payer_id
),

judged as (
    select
        *,
        case
            when test_hold_reason is not null then test_hold_reason
            when not coalesce(is_postable, false) then coalesce(hold_reason_code, 'not_postable')
            when coalesce(is_notification, false) and paid_amount <> 0 then 'notification_with_amount'
            when contradiction_count > 0 then 'reversal_not_negative'
            {% if var('our_payees') %}
                when payee_npi is not null and payee_npi not in {{ listed(var('our_payees')) }} then 'payee_not_ours'
            {% endif %}
        end as own_hold_reason,
        -- the same words under the same trace are one payment, whoever passed them on
        max(sender) over (partition by trace_mark, content_mark) as told_sender
    from marked
),

linked as (
    select
        *,
        max(told_sender) over (partition by trace_mark, sender) as true_sender
    from judged
),

grouped as (
    select
        *,
        case
            when paid_amount = 0 then concat_ws(':', 'none', content_mark)
            else concat_ws(':', trace_mark, true_sender)
        end as payment_group_key
    from linked
),

-- the order is that of production, then that of the files' own content
ranked as (
    select
        payment_key,
        row_number() over (
            partition by payment_group_key, content_mark
            order by production_date, file_id, transaction_number
        ) as copy_number,
        first_value(interchange_mark) over (
            partition by payment_group_key order by production_date, file_id, transaction_number
        ) as first_interchange_mark
    from grouped
    where own_hold_reason is null
),

decided as (
    select
        grouped.*,
        concat('era835:payment:', grouped.payment_key) as item_key,
        case
            when grouped.own_hold_reason is not null then grouped.own_hold_reason
            when ranked.copy_number > 1 then 'duplicate_payment'
            when grouped.paid_amount <> 0 and grouped.interchange_mark <> ranked.first_interchange_mark
                then 'payment_identity_conflict'
        end as first_hold_reason
    from grouped
    left join ranked on grouped.payment_key = ranked.payment_key
),

held as (
    select
        decided.*,
        case when released.item_key is null then decided.first_hold_reason end as hold_reason,
        row_number() over (
            partition by
                decided.payment_identity,
                case when released.item_key is null and decided.first_hold_reason is not null then 1 else 0 end
            order by decided.production_date, decided.file_id, decided.transaction_number
        ) as part_number
    from decided
    -- a person may release what contradicts another payment or itself, never what does not add up
    left join released
        on decided.item_key = released.item_key
        and decided.first_hold_reason in (
            'duplicate_payment', 'payment_identity_conflict', 'notification_with_amount', 'reversal_not_negative',
            'payee_not_ours'
        )
)

select
    payment_key,
    payment_identity,
    payment_group_key,
    content_key,
    item_key,
    file_id,
    segment_number,
    transaction_number,
    -- one trace number brings one event, its further parts and what moves no money carry a mark of their own
    concat(
        'era835:', payment_identity,
        case
            when paid_amount = 0 then concat(':', substring(content_mark, 1, 12))
            when part_number > 1 then concat(':', substring(claims_mark, 1, 12))
            else ''
        end
    ) as event_id,
    case when hold_reason is null then 'proposed' else 'held' end as disposition,
    hold_reason,
    paid_amount,
    payment_date,
    production_date,
    payment_method_code,
    trace_number,
    trace_mark,
    payer_id,
    min(payer_id) over (partition by sender) as payer_key,
    payer_name,
    payee_npi,
    claim_count,
    claim_paid_amount,
    provider_adjustment_amount,
    loaded_at
from held
