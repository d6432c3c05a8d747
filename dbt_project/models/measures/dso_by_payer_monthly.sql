-- One row per payer and month, 'ALL' for the practice: receivables at the end of the month (the newest month: at its
-- last posting) and DSO = A/R ÷ (NPSR posted in the 90 days before ÷ 90). Null when there was no revenue to divide by;
-- never averaged over payers.

with booked as (
    select * from {{ ref('receivables_activity') }}
),

-- a charge that names no payer is the payer's that its claim went to
activity as (
    select
        booked.posting_date,
        case when booked.payer_id = 'UNKNOWN' then coalesce(claim_payers.payer_id, 'UNKNOWN') else booked.payer_id end as payer_id,
        booked.receivable_change_amount,
        booked.charged_amount,
        booked.contractual_amount
    from booked
    left join {{ ref('claim_payers') }} as claim_payers on booked.claim_id = claim_payers.claim_id
),

-- charges wait for a remittance at the payer; what became the patient's share is PATIENT
daily as (
    select
        payer_id,
        posting_date,
        sum(receivable_change_amount) as receivable_change_amount,
        sum(charged_amount - contractual_amount) as net_revenue_amount
    from activity
    group by payer_id, posting_date

    union all

    select
        'ALL' as payer_id,
        posting_date,
        sum(receivable_change_amount) as receivable_change_amount,
        sum(charged_amount - contractual_amount) as net_revenue_amount
    from activity
    group by posting_date
),

bounds as (
    select
        min(posting_date) as first_date,
        max(posting_date) as last_date
    from daily
),

months as (
    {{ month_spine('bounds.first_date', 'bounds.last_date') }} as activity_month
    from bounds
),

month_ends as (
    select
        months.activity_month,
        least({{ last_of_month('months.activity_month') }}, bounds.last_date) as as_of_date
    from months
    cross join bounds
),

measured as (
    select
        month_ends.activity_month,
        month_ends.as_of_date,
        daily.payer_id,
        sum(daily.receivable_change_amount) as receivable_amount,
        sum(
            case
                when daily.posting_date > {{ days_before('month_ends.as_of_date', 90) }} then daily.net_revenue_amount
            end
        ) as net_revenue_90_day_amount
    from month_ends
    inner join daily on month_ends.as_of_date >= daily.posting_date
    group by month_ends.activity_month, month_ends.as_of_date, daily.payer_id
)

select
    measured.activity_month,
    measured.as_of_date,
    measured.payer_id,
    case
        when measured.payer_id = 'ALL' then 'All payers'
        when measured.payer_id = 'PATIENT' then 'Patients'
        when measured.payer_id = 'UNKNOWN' then 'Payer not named'
        else coalesce(payers.payer_name, measured.payer_id)
    end as payer_name,
    {{ money('measured.receivable_amount') }} as receivable_amount,
    {{ money('coalesce(measured.net_revenue_90_day_amount, 0)') }} as net_revenue_90_day_amount,
    case
        when measured.net_revenue_90_day_amount > 0
            then {{ ratio('measured.receivable_amount', 'measured.net_revenue_90_day_amount') }} * 90
    end as dso_days
from measured
left join {{ ref('dim_payers') }} as payers on measured.payer_id = payers.payer_id
