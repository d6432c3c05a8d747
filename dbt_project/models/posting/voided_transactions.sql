-- One row per booked charge or patient payment that its billing system voided (rule RV), at the row that brought the
-- void: the transaction's own row, or another copy of it. What is taken back is what was booked, not what the copy says.
-- A void of something that is not booked takes nothing back.

with voids as (
    select * from {{ ref('int_billing__transactions_unioned') }}
    where
        void_date is not null
        and transaction_type in ('CHARGE', 'PAYMENT')
),

-- a charge that a credit takes back is not taken back again by its void date
credited as (
    select distinct
        source,
        profile,
        reversed_transaction_id
    from {{ ref('int_billing__transactions_unioned') }}
    where reversed_transaction_id is not null
),

charges as (
    select * from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

desk_payments as (
    select * from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null
),

matched as (
    select
        voids.file_id,
        voids.line_number,
        voids.source,
        voids.profile,
        voids.transaction_id,
        voids.transaction_type,
        voids.void_date,
        charges.payer_id,
        charges.payer_class,
        charges.rendering_provider_id,
        charges.location_id,
        charges.charged_amount,
        charges.professional_amount,
        charges.account_code,
        charges.professional_account_code,
        charges.technical_account_code,
        cast(0 as decimal(18, 2)) as paid_amount,
        voids.loaded_at
    from voids
    -- a charge that is posted after the void is a corrected copy, and nobody voided that
    inner join charges
        on voids.source = charges.source
        and voids.profile = charges.profile
        and voids.transaction_id = charges.transaction_id
        and coalesce(voids.void_date >= charges.posting_date, true)
    left join credited
        on voids.source = credited.source
        and voids.profile = credited.profile
        and voids.transaction_id = credited.reversed_transaction_id
    where voids.transaction_type = 'CHARGE' and credited.reversed_transaction_id is null

    union all

    select
        voids.file_id,
        voids.line_number,
        voids.source,
        voids.profile,
        voids.transaction_id,
        voids.transaction_type,
        voids.void_date,
        cast(null as varchar) as payer_id,
        'self_pay' as payer_class,
        desk_payments.rendering_provider_id,
        desk_payments.location_id,
        cast(0 as decimal(18, 2)) as charged_amount,
        cast(0 as decimal(18, 2)) as professional_amount,
        cast(null as varchar) as account_code,
        cast(null as varchar) as professional_account_code,
        cast(null as varchar) as technical_account_code,
        desk_payments.paid_amount,
        voids.loaded_at
    from voids
    inner join desk_payments
        on voids.source = desk_payments.source
        and voids.profile = desk_payments.profile
        and voids.transaction_id = desk_payments.transaction_id
        and coalesce(voids.void_date >= desk_payments.posting_date, true)
    where voids.transaction_type = 'PAYMENT'
),

copy_order as (
    select
        file_id,
        line_number,
        row_number() over (
            partition by source, profile, transaction_id order by void_date, file_id, line_number
        ) as copy_number
    from matched
)

select
    matched.file_id,
    matched.line_number,
    matched.source,
    matched.profile,
    matched.transaction_id,
    concat(
        matched.source, ':voids:', substring(matched.file_id, 1, 16), ':', cast(matched.void_date as varchar)
    ) as event_id,
    matched.transaction_type,
    matched.void_date,
    matched.payer_id,
    matched.payer_class,
    matched.rendering_provider_id,
    matched.location_id,
    matched.charged_amount,
    matched.professional_amount,
    matched.account_code,
    matched.professional_account_code,
    matched.technical_account_code,
    matched.paid_amount,
    matched.loaded_at
from matched
inner join copy_order
    on matched.file_id = copy_order.file_id
    and matched.line_number = copy_order.line_number
    and copy_order.copy_number = 1
