-- One row per supplier, order and item with something received and not invoiced: what came and was not billed yet, or what is
-- billed and held (rule R20). An alarm when it is older than sixty days. The open amounts add up to the account.

with lines as (
    select * from {{ ref('int_ledger__supply_lines') }}
),

-- the newest day anybody told of
told_days as (
    select entry_date as told_date
    from lines
    union all
    select last_posted_date as told_date
    from {{ ref('int_bank__days_covered') }}
),

bounds as (
    select max(told_date) as last_told_date
    from told_days
),

items as (
    select
        supplier_key,
        order_number,
        item_id,
        max(supplier_name) as supplier_name,
        min(case when document_kind = 'receipt' and hold_reason is null then entry_date end) as received_date,
        {{ sum_money("case when document_kind = 'receipt' and hold_reason is null then ordered_amount end") }} as received_amount,
        {{ sum_money("case when document_kind = 'invoice' and hold_reason is null then ordered_amount end") }} as invoiced_amount,
        min(case when document_kind = 'invoice' then hold_reason end) as invoice_hold_reason
    from lines
    group by supplier_key, order_number, item_id
)

select
    {{ surrogate_key(['items.supplier_key', 'items.order_number', 'items.item_id']) }} as received_item_key,
    items.supplier_name,
    items.order_number,
    items.item_id,
    items.received_date,
    {{ money('items.received_amount') }} as received_amount,
    {{ money('items.invoiced_amount') }} as invoiced_amount,
    {{ money('items.received_amount - items.invoiced_amount') }} as open_amount,
    items.invoice_hold_reason,
    cast({{ days_between('items.received_date', 'bounds.last_told_date') }} as bigint) as days_open,
    {{ days_between('items.received_date', 'bounds.last_told_date') }} > 60 as is_overdue
from items
cross join bounds
where items.received_amount <> items.invoiced_amount
