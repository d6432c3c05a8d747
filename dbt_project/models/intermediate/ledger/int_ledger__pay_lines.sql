-- One row per employee and pay date, with its disposition: a run that does not tie is held line by line, the same
-- line arriving in a second file is held.

with pay_lines as (
    select
        *,
        row_number() over (
            partition by payroll_run_id, employee_id, pay_date order by loaded_at, file_id, line_number
        ) as arrival_number
    from {{ ref('stg_payroll__pay_lines') }}
)

select
    file_id,
    line_number,
    concat('payroll:', substring(file_id, 1, 16), ':', payroll_run_id, ':', cast(pay_date as varchar)) as event_id,
    case
        when arrival_number > 1 then 'duplicate_pay_line'
        when not coalesce(is_tied, false) then 'payroll_does_not_tie'
        when pay_date is null then 'missing_pay_date'
    end as hold_reason,
    pay_date,
    {{ first_of_month('pay_date') }} as pay_month,
    role_code,
    provider_id,
    location_id,
    gross_amount,
    employee_tax_amount,
    deduction_amount,
    net_amount,
    employer_tax_amount,
    {{ money('gross_amount + employer_tax_amount') }} as payroll_cost_amount,
    loaded_at
from pay_lines
