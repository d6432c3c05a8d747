with source as (
    select * from {{ source('raw_books', 'movements') }}
),

renamed as (
    select
        event_id,
        base_event_id,
        book,
        file_id,
        source,
        entry_date,
        rule_id,
        account_code,
        account_role,
        payer_class,
        payer_id,
        provider_id,
        location_id,
        entity_id,
        claim_id,
        service_key,
        part,
        signed_amount,
        remembered_id
    from source
)

select * from renamed
