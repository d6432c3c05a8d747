-- One row per supplier, order and item: order, receipt and bill side by side (rule R20). An order that was sent again
-- replaces the one before it; a receipt or an invoice that came before under its number counts once.

with order_lines as (
    select
        *,
        lower(supplier_name) as supplier_key,
        dense_rank() over (
            partition by lower(supplier_name), order_number order by loaded_at desc, file_id asc
        ) as version_number
    from {{ ref('stg_supplies__order_lines') }}
),

receipt_lines as (
    select
        *,
        lower(supplier_name) as supplier_key,
        dense_rank() over (
            partition by lower(supplier_name), receipt_number order by loaded_at, file_id
        ) as version_number
    from {{ ref('stg_supplies__receipt_lines') }}
),

invoice_lines as (
    select
        *,
        lower(supplier_name) as supplier_key,
        dense_rank() over (
            partition by lower(supplier_name), invoice_number order by loaded_at, file_id
        ) as version_number
    from {{ ref('stg_supplies__invoice_lines') }}
),

ordered as (
    select
        supplier_key,
        order_number,
        item_id,
        max(supplier_name) as supplier_name,
        max(unit_of_measure) as unit_of_measure,
        sum(ordered_quantity) as ordered_quantity,
        max(unit_price) as unit_price,
        min(order_date) as order_date
    from order_lines
    where version_number = 1
    group by supplier_key, order_number, item_id
),

received as (
    select
        supplier_key,
        coalesce(order_number, '') as order_number,
        item_id,
        max(supplier_name) as supplier_name,
        max(unit_of_measure) as unit_of_measure,
        sum(received_quantity) as received_quantity,
        min(received_date) as first_received_date
    from receipt_lines
    where version_number = 1
    group by supplier_key, coalesce(order_number, ''), item_id
),

billed as (
    select
        supplier_key,
        coalesce(order_number, '') as order_number,
        item_id,
        max(supplier_name) as supplier_name,
        max(unit_of_measure) as unit_of_measure,
        sum(billed_quantity) as billed_quantity,
        sum(billed_amount) as billed_amount,
        max(invoice_date) as last_invoice_date
    from invoice_lines
    where version_number = 1
    group by supplier_key, coalesce(order_number, ''), item_id
),

lines as (
    select
        supplier_key,
        order_number,
        item_id
    from ordered
    union distinct
    select
        supplier_key,
        order_number,
        item_id
    from received
    union distinct
    select
        supplier_key,
        order_number,
        item_id
    from billed
),

side_by_side as (
    select
        lines.supplier_key,
        coalesce(ordered.supplier_name, received.supplier_name, billed.supplier_name) as supplier_name,
        lines.order_number,
        lines.item_id,
        ordered.order_number is not null as has_order,
        (
            coalesce(ordered.unit_of_measure, '') <> coalesce(received.unit_of_measure, ordered.unit_of_measure, '')
            or coalesce(ordered.unit_of_measure, '') <> coalesce(billed.unit_of_measure, ordered.unit_of_measure, '')
        ) as has_other_units,
        coalesce(ordered.ordered_quantity, 0) as ordered_quantity,
        coalesce(received.received_quantity, 0) as received_quantity,
        coalesce(billed.billed_quantity, 0) as billed_quantity,
        ordered.unit_price,
        {{ money('coalesce(billed.billed_amount, 0)') }} as billed_amount,
        ordered.order_date,
        received.first_received_date,
        billed.last_invoice_date
    from lines
    left join ordered
        on lines.supplier_key = ordered.supplier_key
        and lines.order_number = ordered.order_number
        and lines.item_id = ordered.item_id
    left join received
        on lines.supplier_key = received.supplier_key
        and lines.order_number = received.order_number
        and lines.item_id = received.item_id
    left join billed
        on lines.supplier_key = billed.supplier_key
        and lines.order_number = billed.order_number
        and lines.item_id = billed.item_id
),

valued as (
    select
        *,
        cast(round(received_quantity * unit_price, 2) as decimal(18, 2)) as received_amount,
        case
            when billed_quantity <> 0 then cast(billed_amount - round(billed_quantity * unit_price, 2) as decimal(18, 2))
        end as price_variance_amount,
        case
            when received_quantity > billed_quantity
                then cast(round((received_quantity - billed_quantity) * unit_price, 2) as decimal(18, 2))
            else cast(0 as decimal(18, 2))
        end as received_not_billed_amount
    from side_by_side
)

select
    {{ surrogate_key(['supplier_key', 'order_number', 'item_id']) }} as three_way_match_key,
    supplier_name,
    nullif(order_number, '') as order_number,
    item_id,
    case
        when not has_order and billed_quantity <> 0 then 'billed_without_order'
        when not has_order then 'received_without_order'
        when has_other_units then 'units_differ'
        when billed_quantity > received_quantity then 'billed_not_received'
        when received_quantity > ordered_quantity then 'received_more_than_ordered'
        when price_variance_amount <> 0 then 'price_differs'
        when received_quantity > billed_quantity then 'received_not_billed'
        when received_quantity = 0 then 'on_order'
        when received_quantity < ordered_quantity then 'partly_received'
        else 'matched'
    end as match_status,
    ordered_quantity,
    received_quantity,
    billed_quantity,
    unit_price,
    received_amount,
    billed_amount,
    price_variance_amount,
    received_not_billed_amount,
    order_date,
    first_received_date,
    last_invoice_date
from valued
