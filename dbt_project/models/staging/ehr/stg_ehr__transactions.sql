with source as (
    select * from {{ source('raw_ehr', 'transactions') }}
),

renamed as (
    select
        file_id,
        line_number,
        profile,
        transaction_id,
        parent_charge_id,
        claim_id,
        transaction_type,
        bucket,
        amount as transaction_amount,
        reason,
        code_system,
        procedure_code,
        modifier_1,
        modifier_2,
        modifier_3,
        modifier_4,
        units as charged_units,
        diagnosis_codes,
        place_of_service_code,
        rendering_provider_id,
        location_id,
        payer_id,
        payer_name,
        service_date,
        post_date,
        void_date,
        loaded_at
    from source
)

select * from renamed
