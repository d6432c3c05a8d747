-- One row per employee and pay date, with its disposition: a line that does not tie is held, and so is a line that was
-- booked already. Only lines that can be booked count as arrived: a corrected register fixes a held one. A bonus, with the
-- employer's tax on it, is no pay of the days of its register; that of a provider with a compensation plan was accrued (R22).

with employee_providers as (
    select * from {{ ref('employee_providers') }}
),

pay_lines as (
    select
        registers.*,
        coalesce(registers.provider_id, employee_providers.provider_id) as paid_provider_id,
        case
            when registers.pay_date is null then 'missing_pay_date'
            when not coalesce(registers.is_tied, false) then 'payroll_does_not_tie'
        end as defect
    from {{ ref('stg_payroll__pay_lines') }} as registers
    left join employee_providers on registers.employee_id = employee_providers.employee_id
),

arrivals as (
    select
        file_id,
        line_number,
        row_number() over (
            partition by payroll_run_id, employee_id, pay_date order by loaded_at, file_id, line_number
        ) as arrival_number
    from pay_lines
    where defect is null
),

-- the days of a pay line that were worked by the end of a month before the one it is paid in; a pay period spans at most
-- one end of a month
worked as (
    select
        file_id,
        line_number,
        {{ last_of_month('period_start_date') }} as accrued_date,
        case
            when period_end_date < period_start_date or pay_date <= {{ last_of_month('period_start_date') }} then 0
            else {{ days_between('period_start_date', 'least(period_end_date, ' ~ last_of_month('period_start_date') ~ ')') }} + 1
        end as accrued_days,
        {{ days_between('period_start_date', 'period_end_date') }} + 1 as period_days
    from pay_lines
    where period_start_date is not null and period_end_date is not null
),

-- a provider's plans are taxed alike; where they are not, the month's end makes up for it
plans as (
    select
        provider_id,
        max(coalesce(employer_tax_rate, 0)) as employer_tax_rate
    from {{ ref('compensation_plans') }}
    group by provider_id
),

bonuses as (
    select
        pay_lines.file_id,
        pay_lines.line_number,
        plans.provider_id is not null as is_accrued,
        pay_lines.bonus_amount,
        case
            when pay_lines.bonus_amount = 0 then 0
            when plans.provider_id is null
                then {{ share_of('pay_lines.employer_tax_amount', 'pay_lines.bonus_amount', 'pay_lines.gross_amount') }}
            -- what was accrued for it, and no more than there is
            else least(round(pay_lines.bonus_amount * plans.employer_tax_rate, 2), pay_lines.employer_tax_amount)
        end as bonus_tax_amount
    from pay_lines
    left join plans on pay_lines.paid_provider_id = plans.provider_id
)

select
    pay_lines.file_id,
    pay_lines.line_number,
    concat(
        'payroll:', substring(pay_lines.file_id, 1, 16), ':', pay_lines.payroll_run_id, ':', cast(pay_lines.pay_date as varchar)
    ) as event_id,
    case
        when pay_lines.defect is not null then pay_lines.defect
        when arrivals.arrival_number > 1 then 'duplicate_pay_line'
    end as hold_reason,
    pay_lines.pay_date,
    {{ first_of_month('pay_lines.pay_date') }} as pay_month,
    pay_lines.role_code,
    pay_lines.paid_provider_id as provider_id,
    pay_lines.location_id,
    pay_lines.gross_amount,
    pay_lines.employee_tax_amount,
    pay_lines.deduction_amount,
    pay_lines.net_amount,
    pay_lines.employer_tax_amount,
    {{ money('pay_lines.gross_amount + pay_lines.employer_tax_amount') }} as payroll_cost_amount,
    {{ money('pay_lines.gross_amount - bonuses.bonus_amount') }} as regular_gross_amount,
    {{ money('pay_lines.employer_tax_amount - bonuses.bonus_tax_amount') }} as regular_employer_tax_amount,
    {{ money('case when bonuses.is_accrued then bonuses.bonus_amount else 0 end') }} as accrued_bonus_amount,
    {{ money('case when bonuses.is_accrued then bonuses.bonus_tax_amount else 0 end') }} as accrued_bonus_tax_amount,
    pay_lines.payroll_run_id,
    pay_lines.period_start_date,
    pay_lines.period_end_date,
    worked.accrued_date,
    cast(worked.accrued_date + interval '1' day as date) as reversed_date,
    coalesce(worked.accrued_days, 0) as accrued_days,
    worked.period_days,
    pay_lines.loaded_at
from pay_lines
left join arrivals on pay_lines.file_id = arrivals.file_id and pay_lines.line_number = arrivals.line_number
inner join bonuses on pay_lines.file_id = bonuses.file_id and pay_lines.line_number = bonuses.line_number
left join worked on pay_lines.file_id = worked.file_id and pay_lines.line_number = worked.line_number
