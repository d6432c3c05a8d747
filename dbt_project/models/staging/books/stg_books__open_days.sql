with source as (
    select * from {{ source('raw_books', 'open_days') }}
),

renamed as (
    select
        entity_id,
        first_open_date
    from source
)

select * from renamed
