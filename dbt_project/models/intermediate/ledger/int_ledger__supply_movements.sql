-- R20 with an order: goods are an expense when they arrive, at the order's price, owed in 2010 until their invoice comes;
-- the invoice moves that to 2000, and a difference of price to the expense. An invoice for something that was not ordered,
-- not received, in other units, or dearer than the order by more than the tolerance books nothing: a person looks at the
-- comparison (int_supplies__three_way_matches). Made anew by each run; what was proposed stays.

with matches as (
    select * from {{ ref('int_supplies__three_way_matches') }}
    where order_number is not null and unit_price is not null
),

vendors as (
    select * from {{ ref('vendors') }}
),

accounts as (
    select
        matches.supplier_name,
        min(vendors.account_code) as account_code
    from matches
    inner join vendors on lower(matches.supplier_name) like vendors.vendor_pattern
    group by matches.supplier_name
),

-- a receipt or an invoice counts once, however often its file comes
receipt_lines as (
    select
        *,
        dense_rank() over (
            partition by lower(supplier_name), receipt_number order by loaded_at, file_id
        ) as version_number
    from {{ ref('stg_supplies__receipt_lines') }}
),

invoice_lines as (
    select
        *,
        dense_rank() over (
            partition by lower(supplier_name), invoice_number order by loaded_at, file_id
        ) as version_number
    from {{ ref('stg_supplies__invoice_lines') }}
),

receipts as (
    select
        receipt_lines.file_id,
        receipt_lines.location_id,
        receipt_lines.received_date,
        'supplies' as source,
        concat('supplies:receipt:', substring(receipt_lines.file_id, 1, 16), ':', receipt_lines.receipt_number) as event_id,
        coalesce(accounts.account_code, '6200') as account_code,
        cast(round(receipt_lines.received_quantity * matches.unit_price, 2) as decimal(18, 2)) as received_amount
    from receipt_lines
    inner join matches
        on lower(receipt_lines.supplier_name) = lower(matches.supplier_name)
        and receipt_lines.order_number = matches.order_number
        and receipt_lines.item_id = matches.item_id
    left join accounts on matches.supplier_name = accounts.supplier_name
    where
        receipt_lines.version_number = 1
        and receipt_lines.received_date is not null
        and matches.match_status <> 'units_differ'
),

compared_invoices as (
    select
        invoice_lines.file_id,
        invoice_lines.invoice_date,
        'supplies' as source,
        concat('supplies:invoice:', substring(invoice_lines.file_id, 1, 16), ':', invoice_lines.invoice_number) as event_id,
        coalesce(accounts.account_code, '6200') as account_code,
        invoice_lines.billed_amount,
        cast(round(invoice_lines.billed_quantity * matches.unit_price, 2) as decimal(18, 2)) as expected_amount,
        case
            when matches.match_status is null then 0
            when matches.match_status in ('units_differ', 'billed_not_received', 'received_more_than_ordered') then 0
            when
                invoice_lines.billed_amount
                > invoice_lines.billed_quantity * matches.unit_price * (1 + {{ var('price_tolerance_rate') }})
                then 0
            else 1
        end as is_fit
    from invoice_lines
    left join matches
        on lower(invoice_lines.supplier_name) = lower(matches.supplier_name)
        and invoice_lines.order_number = matches.order_number
        and invoice_lines.item_id = matches.item_id
    left join accounts on matches.supplier_name = accounts.supplier_name
    where invoice_lines.version_number = 1 and invoice_lines.invoice_date is not null
),

-- an invoice is booked whole or not at all
fit_invoices as (
    select event_id
    from compared_invoices
    group by event_id
    having min(is_fit) = 1
),

invoices as (
    select compared_invoices.*
    from compared_invoices
    inner join fit_invoices on compared_invoices.event_id = fit_invoices.event_id
),

movements as (
    {% set nobody = {'payer_class': no_text(), 'provider_id': no_text()} %}
    {{ posting('receipts', "'R20'", 'account_code', "'2010'", 'received_amount', entry_date='received_date', **nobody) }}
    union all
    {{ posting('invoices', "'R20'", "'2010'", "'2000'", 'expected_amount',
               **dict(nobody, entry_date='invoice_date', location_id=no_text())) }}
    union all
    {{ posting('invoices', "'R20'", 'account_code', "'2000'", 'billed_amount - expected_amount',
               **dict(nobody, entry_date='invoice_date', location_id=no_text())) }}
)

select * from movements
where signed_amount <> 0
