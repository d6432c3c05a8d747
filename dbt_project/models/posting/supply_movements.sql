-- R20 with an order: goods are an expense when they arrive, at the order's price, owed as received and not invoiced
-- until their invoice comes; the invoice moves that to payables, and a difference of price to the expense. What is held
-- books nothing. Made anew by each run; what was proposed stays.

with receipts as (
    select
        *,
        'supplies' as source
    from {{ ref('int_ledger__supply_lines') }}
    where document_kind = 'receipt' and hold_reason is null
),

invoices as (
    select
        *,
        'supplies' as source
    from {{ ref('int_ledger__supply_lines') }}
    where document_kind = 'invoice' and hold_reason is null
),

movements as (
    {% set nobody = {'entry_date': 'entry_date', 'payer_class': no_text(), 'provider_id': no_text()} %}
    {{ posting('receipts', "'R20'", no_text(), "'goods_received_not_invoiced'", 'ordered_amount',
               debit_code='account_code', **nobody) }}
    union all
    {{ posting('invoices', "'R20'", "'goods_received_not_invoiced'", "'payables'", 'ordered_amount', **nobody) }}
    union all
    {{ posting('invoices', "'R20'", no_text(), "'payables'", 'billed_amount - ordered_amount',
               debit_code='account_code', **nobody) }}
)

select * from movements
where signed_amount <> 0
