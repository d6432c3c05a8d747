-- One row per withdrawal of a bank statement, with what it is by the name the bank prints. Net pay is booked by its
-- payroll run; payroll tax and deductions, rent, refunds and payments of bills are booked here; anything else is booked on its
-- day as an unidentified withdrawal, and waits until a person says what it is.

with withdrawals as (
    select * from {{ ref('int_bank__transactions_identified') }}
    where direction = 'withdrawal'
),

accounts as (
    select * from {{ ref('accounts') }}
),

names as (
    select distinct printed_words
    from withdrawals
),

known_names as (
    select
        names.printed_words,
        patterns.withdrawal_class,
        patterns.account_code,
        -- what was taken back from revenue is given back to it in the cash book
        case
            when patterns.withdrawal_class in ('patient_refund', 'payer_refund') then revenue.account_code
            else patterns.account_code
        end as cash_account_code
    from names
    inner join {{ ref('withdrawal_patterns') }} as patterns
        on lower(names.printed_words) like patterns.counterparty_pattern
    left join accounts as revenue on revenue.account_role = 'revenue_unallocated'

    union all

    select
        names.printed_words,
        'bill_payment' as withdrawal_class,
        payables.account_code,
        vendors.account_code as cash_account_code
    from names
    inner join {{ ref('vendors') }} as vendors
        on lower(names.printed_words) like vendors.vendor_pattern
    left join accounts as payables on payables.account_role = 'payables'
),

matched as (
    select
        printed_words,
        withdrawal_class,
        account_code,
        cash_account_code,
        row_number() over (partition by printed_words order by withdrawal_class) as match_number
    from known_names
),

classified as (
    select
        withdrawals.*,
        case
            when withdrawals.arrival_number > 1 then 'duplicate'
            else coalesce(matched.withdrawal_class, 'unidentified')
        end as withdrawal_class,
        case when matched.withdrawal_class is null then unidentified.account_code else matched.account_code end as account_code,
        case when matched.withdrawal_class is null then unidentified.account_code else matched.cash_account_code end
            as cash_account_code
    from withdrawals
    left join matched
        on withdrawals.printed_words = matched.printed_words and matched.match_number = 1
    left join accounts as unidentified on unidentified.account_role = 'unidentified_withdrawals'
)

select
    {{ surrogate_key(['file_id', 'line_number']) }} as withdrawal_key,
    file_id,
    line_number,
    account_last_four,
    bank_transaction_id,
    posted_date,
    {{ money('-transaction_amount') }} as withdrawal_amount,
    withdrawal_class,
    account_code,
    cash_account_code,
    concat('bank:', account_last_four, ':', bank_transaction_id) as event_id,
    case
        when withdrawal_class = 'payroll_net' then 'booked_by_payroll'
        when withdrawal_class = 'duplicate' then 'held'
        else 'proposed'
    end as disposition,
    case when withdrawal_class = 'duplicate' then 'duplicate_transaction' end as hold_reason,
    loaded_at
from classified
