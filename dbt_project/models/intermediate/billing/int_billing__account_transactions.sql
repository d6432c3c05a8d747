-- One row per payment or adjustment of a billing system that counts, of every layout: who owes what it settles, and which of
-- several copies of an id it is. A layout that does not say whose it is leaves it to the claim (a patient who pays for
-- himself), to the words (cash, card, copay) and to the payer it names. Of copies with the same content the first by the
-- newest day of its file counts, and of other contents the newest: a correction.

with transactions as (
    select
        *,
        coalesce(post_date, service_date) as posting_date,
        max(coalesce(post_date, service_date)) over (partition by file_id) as file_date
    from {{ ref('int_billing__transactions_unioned') }}
),

self_paid as (
    select claim_id
    from {{ ref('int_billing__charges_coded') }}
    where claim_id is not null
    group by claim_id
    having min(payer_class) = 'self_pay' and max(payer_class) = 'self_pay'
),

told as (
    select
        transactions.*,
        case
            when transactions.bucket is not null and self_paid.claim_id is null then transactions.bucket
            when self_paid.claim_id is not null then 'patient'
            when lower(transactions.payer_name) like 'self%pay%' then 'patient'
            when transactions.payer_id is not null or transactions.payer_name is not null then 'primary'
            when transactions.transaction_type = 'PAYMENT' then 'patient'
            else 'primary'
        end as settled_bucket,
        {{ surrogate_key([
            'transactions.claim_id', 'transactions.transaction_amount', 'transactions.reason', 'transactions.bucket',
            'transactions.posting_date',
        ]) }} as content_mark
    from transactions
    left join self_paid on transactions.claim_id = self_paid.claim_id
    where transactions.transaction_type in ('PAYMENT', 'ADJUSTMENT')
),

contents as (
    select
        source,
        profile,
        transaction_id,
        content_mark,
        row_number() over (
            partition by source, profile, transaction_id
            -- a copy that brings a void says nothing else
            order by
                min(case when void_date is null then 0 else 1 end) asc, max(file_date) desc,
                min(concat(file_id, ':', lpad(cast(line_number as varchar), 9, '0'))) asc
        ) as content_number
    from told
    where posting_date is not null
    group by source, profile, transaction_id, content_mark
)

select
    told.*,
    case
        when told.posting_date is not null
            then
                row_number() over (
                    partition by told.source, told.profile, told.transaction_id
                    order by
                        case when told.posting_date is null then 1 else 0 end, contents.content_number,
                        case when told.void_date is null then 0 else 1 end, told.file_date, told.file_id, told.line_number
                )
    end as copy_number
from told
left join contents
    on told.source = contents.source
    and told.profile = contents.profile
    and told.transaction_id = contents.transaction_id
    and told.content_mark = contents.content_mark
