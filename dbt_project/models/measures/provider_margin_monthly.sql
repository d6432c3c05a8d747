-- One row per provider and month: net revenue posted, what it cost, and the margin before and after the provider's own
-- pay. Clinical staff and vendor bills are shared out by charges; front office and administration are overhead and
-- stay out of direct cost.

with activity as (
    select
        provider_id,
        {{ first_of_month('posting_date') }} as margin_month,
        sum(charged_amount) as charged_amount,
        sum(contractual_amount) as contractual_amount,
        sum(paid_amount) as collected_amount
    from {{ ref('receivables_activity') }}
    where provider_id is not null
    group by provider_id, {{ first_of_month('posting_date') }}
),

charged as (
    select
        *,
        sum(charged_amount) over (partition by margin_month) as month_charged_amount,
        sum(charged_amount) over (partition by margin_month order by provider_id) as charged_so_far_amount
    from activity
),

pay as (
    select
        pay_month,
        {{ sum_money("case when role_code = 'clinical' then payroll_cost_amount end") }} as clinical_cost_amount
    from {{ ref('int_ledger__pay_lines') }}
    where hold_reason is null
    group by pay_month
),

compensation as (
    select
        pay_month,
        provider_id,
        {{ sum_money('payroll_cost_amount') }} as provider_compensation_amount
    from {{ ref('int_ledger__pay_lines') }}
    where hold_reason is null and role_code = 'provider'
    group by pay_month, provider_id
),

supplies as (
    select
        {{ first_of_month('bills.bill_date') }} as bill_month,
        {{ sum_money('bills.total_amount') }} as supply_cost_amount
    from {{ ref('int_ledger__bills') }} as bills
    inner join {{ ref('accounts') }} as accounts
        on accounts.account_role in ('medical_supplies', 'drugs', 'laboratory_services')
        and bills.account_code = accounts.account_code
    where bills.hold_reason is null
    group by {{ first_of_month('bills.bill_date') }}
),

joined as (
    select
        charged.provider_id,
        charged.margin_month,
        charged.charged_amount,
        charged.contractual_amount,
        charged.charged_amount - charged.contractual_amount as net_revenue_amount,
        charged.collected_amount,
        {% set shared = 'coalesce(pay.clinical_cost_amount, 0) + coalesce(supplies.supply_cost_amount, 0)' %}
        -- by what was charged so far, less what was shared out so far: the shares of a month sum to its costs
        coalesce(
            {{ share_of(shared, 'charged.charged_so_far_amount', 'charged.month_charged_amount') }}
            - {{ share_of(shared, 'charged.charged_so_far_amount - charged.charged_amount', 'charged.month_charged_amount') }}, 0
        ) as direct_cost_amount,
        coalesce(compensation.provider_compensation_amount, 0) as provider_compensation_amount
    from charged
    left join pay on charged.margin_month = pay.pay_month
    left join supplies on charged.margin_month = supplies.bill_month
    left join compensation
        on charged.margin_month = compensation.pay_month and charged.provider_id = compensation.provider_id
)

select
    provider_id,
    margin_month,
    {{ money('charged_amount') }} as charged_amount,
    {{ money('contractual_amount') }} as contractual_amount,
    {{ money('net_revenue_amount') }} as net_revenue_amount,
    {{ money('collected_amount') }} as collected_amount,
    {{ money('direct_cost_amount') }} as direct_cost_amount,
    {{ money('provider_compensation_amount') }} as provider_compensation_amount,
    {{ money('net_revenue_amount - direct_cost_amount') }} as margin_before_compensation_amount,
    {{ money('net_revenue_amount - direct_cost_amount - provider_compensation_amount') }} as margin_after_compensation_amount,
    {{ ratio('net_revenue_amount - direct_cost_amount', 'net_revenue_amount') }} as margin_before_compensation_rate,
    {{ ratio('net_revenue_amount - direct_cost_amount - provider_compensation_amount', 'net_revenue_amount') }}
        as margin_after_compensation_rate
from joined
