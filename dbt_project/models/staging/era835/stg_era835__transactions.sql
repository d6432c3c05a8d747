with source as (
    select * from {{ source('raw_era835', 'transactions') }}
),

interchanges as (
    select
        file_id,
        usage_indicator,
        segment_number as first_segment_number,
        lead(segment_number) over (partition by file_id order by segment_number) as next_segment_number
    from {{ source('raw_era835', 'interchanges') }}
),

renamed as (
    select
        source.file_id,
        source.segment_number,
        source.transaction_number,
        source.control_number,
        source.handling_code,
        source.paid_amount,
        source.payment_method_code,
        source.payment_date,
        source.trace_number,
        source.originating_company_id,
        source.production_date,
        source.payer_name,
        source.payer_id,
        source.payee_npi,
        source.claim_count,
        source.service_line_count,
        source.claim_paid_amount,
        source.provider_adjustment_amount,
        {{ held_as_test_data("interchanges.usage_indicator = 'T'") }} as test_hold_reason,
        source.is_balanced,
        source.is_postable,
        source.hold_reason_code,
        source.content_key,
        interchanges.first_segment_number as interchange_segment_number,
        source.loaded_at
    from source
    left join interchanges
        on
        source.file_id = interchanges.file_id
        and source.segment_number > interchanges.first_segment_number
        and (
            interchanges.next_segment_number is null
            or source.segment_number < interchanges.next_segment_number
        )
)

select * from renamed
