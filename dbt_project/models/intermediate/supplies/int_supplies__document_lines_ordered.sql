{{ config(materialized='view') }}

-- One row per line of a receipt or an invoice of supplies, beside its order as it stood when the line landed, so that an
-- order sent again never changes what was booked before. A document counts once, however often its file comes: its first
-- arrival is version 1.

with order_lines as (
    select
        *,
        lower(supplier_name) as supplier_key
    from {{ ref('stg_supplies__order_lines') }}
),

ordered as (
    select
        supplier_key,
        order_number,
        item_id,
        file_id,
        sum(ordered_quantity) as ordered_quantity,
        max(unit_price) as unit_price,
        max(unit_of_measure) as unit_of_measure,
        max(location_id) as location_id
    from order_lines
    group by supplier_key, order_number, item_id, file_id
),

orders as (
    select distinct
        supplier_key,
        order_number,
        file_id,
        loaded_at
    from order_lines
),

lines as (
    select * from {{ ref('int_supplies__document_lines_unioned') }}
),

-- the newest order that had landed; where none had, the first that came after
line_orders as (
    select
        lines.file_id,
        lines.line_number,
        lines.document_kind,
        orders.file_id as order_file_id,
        row_number() over (
            partition by lines.file_id, lines.line_number, lines.document_kind
            order by
                case when orders.loaded_at <= lines.loaded_at then 0 else 1 end asc,
                case when orders.loaded_at <= lines.loaded_at then orders.loaded_at end desc,
                orders.loaded_at asc,
                orders.file_id asc
        ) as order_rank
    from lines
    inner join orders on lines.supplier_key = orders.supplier_key and lines.order_number = orders.order_number
)

select
    lines.file_id,
    lines.line_number,
    lines.document_kind,
    lines.supplier_key,
    lines.supplier_name,
    lines.document_number,
    lines.version_number,
    lines.order_number,
    lines.item_id,
    lines.entry_date,
    lines.quantity,
    lines.billed_amount,
    -- an invoice belongs to the place its goods went to, so that 2010 clears entity by entity
    coalesce(lines.location_id, ordered.location_id) as location_id,
    ordered.item_id is not null as has_order,
    ordered.ordered_quantity,
    ordered.unit_price,
    ordered.unit_of_measure is not null
    and lines.unit_of_measure is not null
    and ordered.unit_of_measure <> lines.unit_of_measure as has_other_units,
    cast(round(lines.quantity * ordered.unit_price, 2) as decimal(18, 2)) as ordered_amount,
    lines.loaded_at
from lines
left join line_orders
    on lines.file_id = line_orders.file_id
    and lines.line_number = line_orders.line_number
    and lines.document_kind = line_orders.document_kind
    and line_orders.order_rank = 1
left join ordered
    on line_orders.order_file_id = ordered.file_id
    and lines.supplier_key = ordered.supplier_key
    and lines.order_number = ordered.order_number
    and lines.item_id = ordered.item_id
