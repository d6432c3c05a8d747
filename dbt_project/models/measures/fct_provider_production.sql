-- One row per provider and posting month: what compensation plans are measured by (rule R22). Collections are what payers
-- and patients paid in the month, refunds and takebacks off; work RVUs are CMS's of the day of service (26 and TC have
-- their own), voids off; revenue is charges of coded services.

with remittances as (
    select
        rendering_provider_id as provider_id,
        posting_date,
        paid_amount
    from {{ ref('fct_remittance_lines') }}
    where disposition = 'proposed'
),

payments as (
    select
        rendering_provider_id as provider_id,
        posting_date,
        paid_amount
    from {{ ref('int_receivables__desk_payments') }}
    where hold_reason is null
),

charges as (
    select
        source,
        profile,
        transaction_id,
        rendering_provider_id as provider_id,
        posting_date,
        service_date,
        procedure_code,
        component,
        charged_units,
        charged_amount
    from {{ ref('fct_charge_lines') }}
    where disposition = 'proposed'
),

voids as (
    select
        source,
        profile,
        transaction_id,
        transaction_type,
        rendering_provider_id as provider_id,
        void_date,
        paid_amount
    from {{ ref('void_positions') }}
),

relative_values as (
    select * from {{ ref('int_fees__relative_values_dated') }}
),

valued as (
    select
        charges.*,
        coalesce(relative_values.work_relative_value_units, 0) * charges.charged_units as work_relative_value_units
    from charges
    left join relative_values
        on charges.procedure_code = relative_values.procedure_code
        and coalesce(relative_values.modifier, '')
        = case charges.component when 'professional' then '26' when 'technical' then 'TC' else '' end
        and charges.service_date between relative_values.valid_from_date and relative_values.valid_to_date
),

movements as (
    select
        provider_id,
        posting_date,
        paid_amount as collected_amount,
        cast(0 as decimal(18, 2)) as revenue_amount,
        cast(0 as decimal(18, 4)) as work_relative_value_units
    from remittances

    union all

    select
        provider_id,
        posting_date,
        paid_amount as collected_amount,
        cast(0 as decimal(18, 2)) as revenue_amount,
        cast(0 as decimal(18, 4)) as work_relative_value_units
    from payments

    union all

    select
        provider_id,
        posting_date,
        cast(0 as decimal(18, 2)) as collected_amount,
        charged_amount as revenue_amount,
        work_relative_value_units
    from valued

    union all

    select
        provider_id,
        void_date as posting_date,
        -paid_amount as collected_amount,
        cast(0 as decimal(18, 2)) as revenue_amount,
        cast(0 as decimal(18, 4)) as work_relative_value_units
    from voids
    where transaction_type = 'PAYMENT'

    union all

    select
        valued.provider_id,
        voids.void_date as posting_date,
        cast(0 as decimal(18, 2)) as collected_amount,
        -valued.charged_amount as revenue_amount,
        -valued.work_relative_value_units as work_relative_value_units
    from valued
    inner join voids
        on valued.source = voids.source
        and valued.profile = voids.profile
        and valued.transaction_id = voids.transaction_id
        and voids.transaction_type = 'CHARGE'
)

select
    provider_id,
    {{ first_of_month('posting_date') }} as production_month,
    {{ money('sum(collected_amount)') }} as collected_amount,
    cast(sum(work_relative_value_units) as decimal(18, 4)) as work_relative_value_units,
    {{ money('sum(revenue_amount)') }} as revenue_amount
from movements
where provider_id is not null
group by provider_id, {{ first_of_month('posting_date') }}
