-- One row per claim of a remittance, with the place it takes among all answers to the same claim: by payer (primary,
-- secondary, tertiary), then by payment date, a reversal before the correction that comes with it, then by content. Landing
-- decides nothing.

with claims as (
    select
        claims.*,
        identified.claim_id as our_claim_id,
        identified.control_mark
    from {{ ref('stg_era835__claims') }} as claims
    inner join {{ ref('int_remittances__claims_identified') }} as identified
        on {{ agree('claims', 'identified', ['file_id', 'transaction_number', 'claim_number']) }}
),

payments as (
    select * from {{ ref('int_remittances__payments') }}
),

filing_classes as (
    select * from {{ ref('claim_filing_classes') }}
),

-- OA-23 is what an earlier payer paid: only a later one writes it
later as (
    select distinct
        file_id,
        transaction_number,
        claim_number
    from {{ ref('stg_era835__adjustments') }}
    where reason_code = '23' and group_code = 'OA' and adjustment_amount <> 0
),

told as (
    select
        claims.*,
        payments.payment_key,
        payments.event_id,
        payments.disposition,
        payments.payment_date,
        payments.payer_id,
        payments.payer_key,
        coalesce(filing_classes.payer_class, 'other') as payer_class,
        case
            when claims.claim_status_code in ('1', '19') then 1
            when claims.claim_status_code in ('2', '20') then 2
            when claims.claim_status_code in ('3', '21') then 3
        end as own_sequence_number,
        later.file_id is not null as is_after_another
    from claims
    inner join payments
        on claims.file_id = payments.file_id and claims.transaction_number = payments.transaction_number
    left join filing_classes on claims.claim_filing_code = filing_classes.claim_filing_code
    left join later on {{ agree('claims', 'later', ['file_id', 'transaction_number', 'claim_number']) }}
),

-- a denial and a reversal do not say whose turn it was: the payer's other answers to the claim do
sequenced as (
    select
        *,
        coalesce(
            own_sequence_number,
            max(own_sequence_number) over (partition by our_claim_id, payer_key),
            max(own_sequence_number) over (partition by our_claim_id, control_mark),
            case when is_after_another then 2 else 1 end
        ) as payer_sequence_number
    from told
)

select
    file_id,
    segment_number,
    transaction_number,
    claim_number,
    our_claim_id as claim_id,
    claim_id as sent_claim_id,
    payer_control_number,
    control_mark,
    claim_status_code,
    charged_amount,
    paid_amount,
    payment_key,
    event_id,
    disposition,
    payment_date,
    payer_id,
    payer_key,
    payer_class,
    payer_sequence_number,
    place_of_service_code,
    rendering_provider_id,
    statement_from_date,
    is_reversal,
    concat_ws(
        ':', cast(payer_sequence_number as varchar), coalesce(cast(payment_date as varchar), 'undated'),
        case when is_reversal then '0' else '1' end, coalesce(control_mark, ''), file_id,
        lpad(cast(transaction_number as varchar), 9, '0'), lpad(cast(claim_number as varchar), 9, '0')
    ) as answer_key,
    loaded_at
from sequenced
