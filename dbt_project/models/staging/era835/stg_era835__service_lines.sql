with source as (
    select * from {{ source('raw_era835', 'service_lines') }}
),

renamed as (
    select
        file_id,
        segment_number,
        transaction_number,
        claim_number,
        service_line_number,
        procedure_code,
        modifier_1,
        modifier_2,
        modifier_3,
        modifier_4,
        submitted_procedure_code,
        submitted_modifier_1,
        submitted_modifier_2,
        submitted_modifier_3,
        submitted_modifier_4,
        charged_amount,
        paid_amount,
        allowed_amount,
        adjusted_amount,
        service_date,
        line_control_number,
        rendering_provider_npi as rendering_provider_id,
        loaded_at
    from source
)

select * from renamed
