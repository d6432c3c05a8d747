-- One row per line of a receipt or an invoice of supplies, with its disposition (rule R20 with an order). Each line is
-- judged by the order as it stood when the line landed, so that an order sent again never changes what was booked before.
-- An invoice is booked whole or not at all: what one of its lines is held for holds all of them.

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

-- a receipt or an invoice counts once, however often its file comes
documents as (
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
),

lines as (
    select
        *,
        lower(supplier_name) as supplier_key,
        dense_rank() over (
            partition by document_kind, lower(supplier_name), document_number order by loaded_at, file_id
        ) as version_number
    from documents
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
),

priced as (
    select
        lines.file_id,
        lines.line_number,
        lines.document_kind,
        lines.supplier_key,
        lines.supplier_name,
        lines.document_number,
        lines.order_number,
        lines.item_id,
        lines.entry_date,
        lines.quantity,
        lines.billed_amount,
        lines.loaded_at,
        lines.version_number,
        -- an invoice belongs to the place its goods went to, so that 2010 clears entity by entity
        coalesce(lines.location_id, ordered.location_id) as location_id,
        ordered.item_id is not null as has_order,
        ordered.ordered_quantity,
        ordered.unit_price,
        ordered.unit_of_measure is not null
        and lines.unit_of_measure is not null
        and ordered.unit_of_measure <> lines.unit_of_measure as has_other_units,
        cast(round(lines.quantity * ordered.unit_price, 2) as decimal(18, 2)) as ordered_amount
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
),

-- dearer: what is billed less what was agreed, a credit as well as a bill
compared as (
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
        end as line_defect
    from priced
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
    where document_kind = 'receipt' and line_defect is null
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
    where document_kind = 'invoice' and line_defect is null
),

judged as (
    select
        compared.*,
        case
            when compared.line_defect is not null then compared.line_defect
            when billed.billed_quantity > coalesce(came.received_quantity, 0) then 'billed_not_received'
            when billed.billed_quantity > compared.ordered_quantity then 'billed_more_than_ordered'
        end as defect
    from compared
    left join billed
        on compared.document_kind = 'invoice'
        and compared.file_id = billed.file_id
        and compared.line_number = billed.line_number
    left join came
        on compared.supplier_key = came.supplier_key
        and compared.order_number = came.order_number
        and compared.item_id = came.item_id
),

invoice_defects as (
    select
        file_id,
        document_number,
        defect,
        row_number() over (partition by file_id, document_number order by line_number) as defect_number
    from judged
    where document_kind = 'invoice' and defect is not null
),

accounts as (
    select
        names.supplier_name,
        min(vendors.account_code) as account_code
    from (select distinct supplier_name from lines) as names
    inner join {{ ref('vendors') }} as vendors on lower(names.supplier_name) like vendors.vendor_pattern
    group by names.supplier_name
)

select
    judged.file_id,
    judged.line_number,
    judged.document_kind,
    judged.supplier_key,
    judged.supplier_name,
    judged.document_number,
    judged.order_number,
    judged.item_id,
    concat('supplies:', judged.document_kind, ':', substring(judged.file_id, 1, 16), ':', judged.document_number) as event_id,
    coalesce(judged.defect, invoice_defects.defect) as hold_reason,
    judged.entry_date,
    judged.location_id,
    coalesce(accounts.account_code, supplies.account_code) as account_code,
    judged.quantity,
    judged.ordered_amount,
    judged.billed_amount,
    judged.loaded_at
from judged
left join invoice_defects
    on judged.document_kind = 'invoice'
    and judged.file_id = invoice_defects.file_id
    and judged.document_number = invoice_defects.document_number
    and invoice_defects.defect_number = 1
left join accounts on judged.supplier_name = accounts.supplier_name
left join {{ ref('accounts') }} as supplies on supplies.account_role = 'medical_supplies'
