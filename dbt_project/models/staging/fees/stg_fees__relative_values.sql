with source as (
    select * from {{ source('raw_fees', 'relative_values') }}
),

renamed as (
    select
        file_id,
        line_number,
        effective_date,
        procedure_code,
        modifier,
        status_code,
        work_rvu as work_relative_value_units,
        non_facility_practice_expense_rvu as non_facility_expense_relative_value_units,
        facility_practice_expense_rvu as facility_expense_relative_value_units,
        malpractice_rvu as malpractice_relative_value_units,
        non_facility_total_rvu as non_facility_relative_value_units,
        facility_total_rvu as facility_relative_value_units,
        component_indicator,
        global_days,
        conversion_factor,
        loaded_at
    from source
)

select * from renamed
