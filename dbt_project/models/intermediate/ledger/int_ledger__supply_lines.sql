-- One row per line of a receipt or an invoice of supplies, with its disposition (rule R20 with an order). An invoice is
-- booked whole or not at all: what one of its lines is held for holds all of them. Each line was judged by the order as it
-- stood when the line landed, so that an order sent again never changes what was booked before.

with lines as (
    select * from {{ ref('int_supplies__document_lines_compared') }}
),

invoice_defects as (
    select
        file_id,
        document_number,
        line_defect,
        row_number() over (partition by file_id, document_number order by line_number) as defect_number
    from lines
    where document_kind = 'invoice' and line_defect is not null
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
    lines.file_id,
    lines.line_number,
    lines.document_kind,
    lines.supplier_key,
    lines.supplier_name,
    lines.document_number,
    lines.order_number,
    lines.item_id,
    concat('supplies:', lines.document_kind, ':', substring(lines.file_id, 1, 16), ':', lines.document_number) as event_id,
    coalesce(lines.line_defect, invoice_defects.line_defect) as hold_reason,
    lines.entry_date,
    lines.location_id,
    coalesce(accounts.account_code, supplies.account_code) as account_code,
    lines.quantity,
    lines.ordered_amount,
    lines.billed_amount,
    lines.loaded_at
from lines
left join invoice_defects
    on lines.document_kind = 'invoice'
    and lines.file_id = invoice_defects.file_id
    and lines.document_number = invoice_defects.document_number
    and invoice_defects.defect_number = 1
left join accounts on lines.supplier_name = accounts.supplier_name
left join {{ ref('accounts') }} as supplies on supplies.account_role = 'medical_supplies'
