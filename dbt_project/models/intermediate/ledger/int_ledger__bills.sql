-- One row per bill, with its disposition: proposed only when its arithmetic proves it and its vendor is known (rule
-- R20, bill without order). Whether a person must approve it first is the ledger's to ask, not decided here.

with bills as (
    select
        *,
        case
            when not coalesce(is_arithmetic_proved, false) then 'arithmetic_not_proved'
            when bill_date is null then 'missing_bill_date'
            when text_source = 'ocr' and coalesce(dpi, 0) < 150 then 'scan_too_coarse'
        end as reading_defect
    from {{ ref('stg_documents__bills') }}
),

vendors as (
    select * from {{ ref('vendors') }}
),

matched as (
    select
        bills.file_id,
        vendors.vendor_name,
        vendors.account_code,
        row_number() over (partition by bills.file_id order by vendors.vendor_name) as match_number
    from bills
    inner join vendors on lower(bills.vendor_name_read) like vendors.vendor_pattern
),

-- a bill is its vendor and its number, however the vendor's name was printed or read; one that could not be read well
-- does not count as arrived, so that a better scan fixes it
arrivals as (
    select
        bills.file_id,
        row_number() over (
            partition by coalesce(matched.vendor_name, lower(bills.vendor_name_read)), bills.bill_number
            order by bills.loaded_at, bills.file_id
        ) as arrival_number
    from bills
    left join matched on bills.file_id = matched.file_id and matched.match_number = 1
    where bills.reading_defect is null
),

-- the same invoice as a supplier's file is booked from there
invoices as (
    select distinct
        lower(supplier_name) as supplier_key,
        invoice_number
    from {{ ref('stg_supplies__invoice_lines') }}
)

select
    bills.file_id,
    bills.line_number,
    concat('documents:', substring(bills.file_id, 1, 16)) as event_id,
    case
        when bills.bill_number is not null and arrivals.arrival_number > 1 then 'duplicate_bill'
        when invoices.invoice_number is not null then 'duplicate_bill'
        when bills.currency_code is not null and bills.currency_code <> 'USD' then 'foreign_currency'
        when bills.reading_defect is not null then bills.reading_defect
        when matched.vendor_name is null then 'unknown_vendor'
    end as hold_reason,
    matched.vendor_name,
    coalesce(matched.account_code, uncategorized.account_code) as account_code,
    bills.bill_number,
    bills.bill_date,
    bills.due_date,
    bills.total_amount,
    bills.loaded_at
from bills
left join {{ ref('accounts') }} as uncategorized on uncategorized.account_role = 'uncategorized_expense'
left join arrivals on bills.file_id = arrivals.file_id
left join matched on bills.file_id = matched.file_id and matched.match_number = 1
left join invoices
    on bills.bill_number = invoices.invoice_number
    and lower(coalesce(matched.vendor_name, bills.vendor_name_read)) = invoices.supplier_key
