with source as (
    select * from {{ source('raw_books', 'closed_periods') }}
),

renamed as (
    select
        entity_id,
        start_date,
        end_date,
        first_open_date
    from source
)

select * from renamed
