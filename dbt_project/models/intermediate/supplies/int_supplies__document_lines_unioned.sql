{{ config(materialized='view') }}

-- One row per line of a receipt or an invoice of supplies, with the version of its document: which arrival it is of the
-- supplier's number.

with documents as (
    select
        'receipt' as document_kind,
        file_id,
        line_number,
        supplier_name,
        receipt_number as document_number,
        order_number,
        item_id,
        unit_of_measure,
        location_id,
        received_date as entry_date,
        received_quantity as quantity,
        cast(null as decimal(18, 2)) as billed_amount,
        loaded_at
    from {{ ref('stg_supplies__receipt_lines') }}

    union all

    select
        'invoice' as document_kind,
        file_id,
        line_number,
        supplier_name,
        invoice_number as document_number,
        order_number,
        item_id,
        unit_of_measure,
        cast(null as varchar) as location_id,
        invoice_date as entry_date,
        billed_quantity as quantity,
        billed_amount,
        loaded_at
    from {{ ref('stg_supplies__invoice_lines') }}
)

select
    *,
    lower(supplier_name) as supplier_key,
    dense_rank() over (
        partition by document_kind, lower(supplier_name), document_number order by loaded_at, file_id
    ) as version_number
from documents
