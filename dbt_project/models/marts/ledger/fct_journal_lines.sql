{{ config(materialized='incremental', unique_key='event_id', incremental_strategy='delete+insert') }}

-- One row per line of a proposed journal entry: accrual book, aggregated by account, rule, payer class, provider and
-- location, without PHI. An event is one payment, one file's charges of a day, one deposit, one pay run, one bill.

with movements as (
    select * from {{ ref('int_ledger__proposed_movements') }}

    {% if is_incremental() %}
        where event_id not in (select held.event_id from {{ this }} as held)
    {% endif %}
),

lines as (
    select
        event_id,
        file_id,
        source,
        entry_date,
        rule_id,
        account_code,
        payer_class,
        provider_id,
        location_id,
        sum(signed_amount) as signed_amount
    from movements
    group by event_id, file_id, source, entry_date, rule_id, account_code, payer_class, provider_id, location_id
)

select
    event_id,
    cast(
        row_number() over (
            partition by event_id
            order by rule_id, account_code, coalesce(payer_class, ''), coalesce(provider_id, ''), coalesce(location_id, '')
        ) as bigint
    ) as line_number,
    '{{ var("entity_id") }}' as entity_id,
    'accrual' as book,
    entry_date,
    source,
    case source
        when 'era835' then 'Remittance of a payer'
        when 'bank' then 'Bank transaction'
        when 'payroll' then 'Payroll run'
        when 'documents' then 'Bill of a vendor'
        else 'Charges and patient payments of a billing system'
    end as description,
    file_id as source_file_id,
    rule_id,
    account_code,
    {{ money('case when signed_amount > 0 then signed_amount else 0 end') }} as debit_amount,
    {{ money('case when signed_amount < 0 then -signed_amount else 0 end') }} as credit_amount,
    payer_class,
    provider_id,
    location_id
from lines
where signed_amount <> 0
