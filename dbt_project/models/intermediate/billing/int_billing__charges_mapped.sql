-- One row per charge line: the revenue it is (rule R01). The range of its code gives category and account; a category that
-- splits has an account for each component instead. Only a global line splits: one billed with modifier 26 or TC is that
-- component whole.

with charges as (
    select
        coded.charge_line_key,
        coded.file_id,
        coded.code_system,
        coded.procedure_code,
        coded.fee_date,
        case
            when 'TC' in (coded.modifier_1, coded.modifier_2, coded.modifier_3, coded.modifier_4) then 'technical'
            when '26' in (coded.modifier_1, coded.modifier_2, coded.modifier_3, coded.modifier_4) then 'professional'
            else 'global'
        end as component,
        priced.charged_amount
    from {{ ref('int_billing__charges_coded') }} as coded
    inner join {{ ref('int_billing__charges_priced') }} as priced on coded.charge_line_key = priced.charge_line_key
),

-- the fee schedule's own 26 and TC rows on the day of service, before the configured default
component_rates as (
    select
        charges.charge_line_key,
        rates.professional_rate,
        case when rates.priority = 1 then 'fee_schedule' else 'relative_values' end as component_basis,
        row_number() over (
            partition by charges.charge_line_key order by rates.priority asc, rates.valid_from_date desc
        ) as rate_number
    from charges
    inner join {{ ref('int_fees__component_rates') }} as rates
        on charges.procedure_code = rates.procedure_code
        and charges.fee_date between rates.valid_from_date and rates.valid_to_date
    where charges.code_system = 'CPT'
),

mapped as (
    select
        charges.*,
        procedures.category_code,
        procedures.category_name,
        procedures.account_code,
        procedures.mapping_version,
        splits.professional_account_code,
        splits.technical_account_code,
        case
            when splits.category_code is not null then coalesce(component_rates.professional_rate, splits.professional_rate)
        end as professional_rate,
        case
            when splits.category_code is not null then coalesce(component_rates.component_basis, 'default')
        end as component_basis
    from charges
    left join {{ ref('int_billing__procedures_categorized') }} as procedures
        on charges.code_system = procedures.code_system and charges.procedure_code = procedures.procedure_code
    left join {{ ref('component_splits') }} as splits
        on procedures.category_code = splits.category_code and procedures.is_global_split
    left join component_rates
        on charges.charge_line_key = component_rates.charge_line_key and component_rates.rate_number = 1
)

select
    charge_line_key,
    file_id,
    category_code,
    category_name,
    component,
    case when component = 'global' then component_basis end as component_basis,
    case
        when professional_rate is null then cast(0 as decimal(18, 2))
        when component = 'professional' then charged_amount
        when component = 'technical' then cast(0 as decimal(18, 2))
        else cast(round(charged_amount * professional_rate, 2) as decimal(18, 2))
    end as professional_amount,
    case when professional_rate is null then account_code end as account_code,
    professional_account_code,
    technical_account_code,
    mapping_version
from mapped
