with source as (
    select * from {{ source('raw_books', 'item_decisions') }}
),

renamed as (
    select
        item_key,
        decision_number,
        part_number,
        verb,
        account_code,
        entity_id,
        other_item_key,
        amount,
        value,
        decided_date
    from source
)

select * from renamed
