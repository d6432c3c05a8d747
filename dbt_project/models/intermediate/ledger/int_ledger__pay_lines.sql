-- One row per employee and pay date, with its disposition: a line that does not tie is held, and so is a line that was
-- booked already. Only lines that can be booked count as arrived: a corrected register mends a held one.

with pay_lines as (
    select
        *,
        case
            when pay_date is null then 'missing_pay_date'
            when not coalesce(is_tied, false) then 'payroll_does_not_tie'
        end as defect
    from {{ ref('stg_payroll__pay_lines') }}
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
    pay_lines.provider_id,
    pay_lines.location_id,
    pay_lines.gross_amount,
    pay_lines.employee_tax_amount,
    pay_lines.deduction_amount,
    pay_lines.net_amount,
    pay_lines.employer_tax_amount,
    {{ money('pay_lines.gross_amount + pay_lines.employer_tax_amount') }} as payroll_cost_amount,
    pay_lines.loaded_at
from pay_lines
left join arrivals on pay_lines.file_id = arrivals.file_id and pay_lines.line_number = arrivals.line_number
