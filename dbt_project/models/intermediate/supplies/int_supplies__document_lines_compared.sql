{{ config(materialized='view') }}

-- One row per line of a receipt or an invoice of supplies: what is wrong with it against its order and what came (rule
-- R20), null when nothing is.

-- dearer: what is billed less what was agreed, a credit as well as a bill
with compared as (
    select
        *,
        case
            when version_number > 1 and document_kind = 'receipt' then 'duplicate_receipt'
            when version_number > 1 then 'duplicate_bill'
            when not has_order and document_kind = 'receipt' then 'received_without_order'
            when not has_order then 'billed_without_order'
            when unit_price is null then 'order_without_price'
            when has_other_units then 'units_differ'
            when billed_amount - quantity * unit_price > abs(quantity * unit_price) * {{ var('price_tolerance_rate') }}
                then 'dearer_than_ordered'
        end as order_defect
    from {{ ref('int_supplies__document_lines_ordered') }}
),

-- how much had come at the best moment: goods that go back later never unsettle an invoice that was booked
came_so_far as (
    select
        supplier_key,
        order_number,
        item_id,
        sum(quantity) over (
            partition by supplier_key, order_number, item_id order by loaded_at, file_id, line_number
            rows between unbounded preceding and current row
        ) as received_quantity
    from compared
    where document_kind = 'receipt' and order_defect is null
),

came as (
    select
        supplier_key,
        order_number,
        item_id,
        max(received_quantity) as received_quantity
    from came_so_far
    group by supplier_key, order_number, item_id
),

-- how much was billed with this line, in landing order
billed as (
    select
        file_id,
        line_number,
        sum(quantity) over (
            partition by supplier_key, order_number, item_id order by loaded_at, file_id, line_number
            rows between unbounded preceding and current row
        ) as billed_quantity
    from compared
    where document_kind = 'invoice' and order_defect is null
)

select
    compared.file_id,
    compared.line_number,
    compared.document_kind,
    compared.supplier_key,
    compared.supplier_name,
    compared.document_number,
    compared.order_number,
    compared.item_id,
    compared.entry_date,
    compared.location_id,
    compared.quantity,
    compared.ordered_amount,
    compared.billed_amount,
    case
        when compared.order_defect is not null then compared.order_defect
        when billed.billed_quantity > coalesce(came.received_quantity, 0) then 'billed_not_received'
        when billed.billed_quantity > compared.ordered_quantity then 'billed_more_than_ordered'
    end as line_defect,
    compared.loaded_at
from compared
left join billed
    on compared.document_kind = 'invoice'
    and compared.file_id = billed.file_id
    and compared.line_number = billed.line_number
left join came
    on compared.supplier_key = came.supplier_key
    and compared.order_number = came.order_number
    and compared.item_id = came.item_id
