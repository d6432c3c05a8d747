-- One row per ledger transaction and doubt that only all files together can tell: an id that came before, a void or a
-- payment of a charge nobody saw, a payment before its service, a provider nobody employs. Nothing is repaired here; a
-- row stands until the files say otherwise.

with arrived as (
    select
        *,
        row_number() over (
            partition by source, profile, transaction_id order by loaded_at, file_id, line_number
        ) as arrival_number
    from {{ ref('int_billing__transactions_unioned') }}
),

counted as (
    select * from {{ ref('int_billing__transactions_counted') }}
),

charges as (
    select * from counted
    where transaction_type = 'CHARGE'
),

-- who is paid by the practice; without any payroll nobody can be told from anybody
employed as (
    select provider_id from {{ ref('int_payroll__providers_employed') }}
),

payroll as (
    select count(*) as provider_count
    from employed
),

repeated as (
    select
        copies.source,
        copies.file_id,
        copies.line_number,
        copies.transaction_id,
        case
            when copies.void_date is not null and counted.transaction_amount = copies.transaction_amount then 'voided_later'
            when counted.transaction_amount = copies.transaction_amount then 'repeated_transaction'
            else 'changed_transaction'
        end as exception_code,
        copies.transaction_amount,
        copies.loaded_at
    from arrived as copies
    inner join counted
        on copies.source = counted.source
        and copies.profile = counted.profile
        and copies.transaction_id = counted.transaction_id
    where copies.arrival_number > 1
),

unseen_voids as (
    select
        credits.source,
        credits.file_id,
        credits.line_number,
        credits.transaction_id,
        'void_of_unseen_charge' as exception_code,
        credits.transaction_amount,
        credits.loaded_at
    from counted as credits
    left join charges
        on credits.source = charges.source
        and credits.profile = charges.profile
        and credits.reversed_transaction_id = charges.transaction_id
    where credits.reversed_transaction_id is not null and charges.transaction_id is null
),

payments as (
    select
        paid.source,
        paid.file_id,
        paid.line_number,
        paid.transaction_id,
        case
            when charges.transaction_id is null then 'payment_of_unseen_charge'
            when paid.post_date < charges.service_date then 'payment_before_service'
        end as exception_code,
        paid.transaction_amount,
        paid.loaded_at
    from counted as paid
    left join charges
        on paid.source = charges.source
        and paid.profile = charges.profile
        and paid.parent_charge_id = charges.transaction_id
    where paid.transaction_type in ('PAYMENT', 'ADJUSTMENT') and paid.parent_charge_id is not null
),

providers as (
    select
        charges.source,
        charges.file_id,
        charges.line_number,
        charges.transaction_id,
        case
            when charges.rendering_provider_id is null then 'missing_provider'
            else 'unknown_provider'
        end as exception_code,
        charges.transaction_amount,
        charges.loaded_at
    from charges
    cross join payroll
    left join employed on charges.rendering_provider_id = employed.provider_id
    where payroll.provider_count > 0 and employed.provider_id is null
),

-- two payers may owe it, so it is nobody's until a person tells
doubly_covered as (
    select
        charges.source,
        charges.file_id,
        charges.line_number,
        charges.transaction_id,
        'two_coverages' as exception_code,
        charges.transaction_amount,
        charges.loaded_at
    from charges
    inner join {{ ref('int_billing__hl7_coverages') }} as coverages
        on charges.file_id = coverages.file_id and charges.line_number = coverages.line_number
    where coverages.payer_count > 1
),

exceptions as (
    select * from repeated
    union all
    select * from unseen_voids
    union all
    select * from payments
    where exception_code is not null
    union all
    select * from providers
    union all
    select * from doubly_covered
)

select
    {{ surrogate_key(['file_id', 'line_number', 'exception_code']) }} as transaction_exception_key,
    source,
    file_id,
    line_number,
    exception_code,
    case exception_code
        when 'repeated_transaction' then 'the transaction came before with the same amount: the first copy counts'
        when 'changed_transaction' then 'the transaction came before with another amount: the first copy counts until a person decides'
        when 'voided_later' then 'a later copy of the transaction voids it: it counts until its void date'
        when 'void_of_unseen_charge' then 'it takes back a charge that never arrived: the file with the charge is missing'
        when 'payment_of_unseen_charge' then 'it stands against a charge that never arrived: the file with the charge is missing'
        when 'payment_before_service' then 'it was posted before the service it pays was given'
        when 'missing_provider' then 'the charge names no provider'
        when 'two_coverages' then 'the charge names no payer, and its patient had two on that day: it stays unclassified'
        when 'unknown_provider' then 'the provider of the charge is on no payroll: a new one, an outside one, or a mistyped NPI'
    end as exception_words,
    {{ money('transaction_amount') }} as transaction_amount,
    loaded_at
from exceptions
