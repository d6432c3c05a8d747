with source as (
    select * from {{ source('raw_payroll', 'pay_lines') }}
),

renamed as (
    select
        file_id,
        line_number,
        payroll_run_id,
        pay_date,
        period_start_date,
        period_end_date,
        employee_id,
        role_code,
        provider_npi as provider_id,
        location_id,
        gross_amount,
        employee_tax_amount,
        deduction_amount,
        net_amount,
        employer_tax_amount,
        coalesce(bonus_amount, 0) as bonus_amount,
        is_tied,
        loaded_at
    from source
)

select * from renamed
