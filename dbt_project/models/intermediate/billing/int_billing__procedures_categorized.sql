-- One row per procedure code that was ever charged, with the revenue category its range falls in (first match wins).

with charged as (
    select distinct
        code_system,
        procedure_code
    from {{ ref('int_billing__transactions_unioned') }}
    where procedure_code is not null
    union
    -- what a code of the sender's own stands for
    select
        'CPT' as code_system,
        procedure_code
    from {{ ref('charge_codes') }}
    where procedure_code is not null
),

categories as (
    select * from {{ ref('procedure_categories') }}
),

matched as (
    select
        charged.code_system,
        charged.procedure_code,
        categories.category_code,
        categories.category_name,
        categories.account_code,
        categories.is_global_split,
        categories.mapping_version,
        row_number() over (
            partition by charged.code_system, charged.procedure_code order by categories.priority
        ) as match_number
    from charged
    inner join categories
        on length(charged.procedure_code) = 5
        and charged.procedure_code between categories.code_from and categories.code_to
        and (
            categories.last_character = substring(charged.procedure_code, 5, 1)
            or (
                categories.last_character is null
                and substring(charged.procedure_code, 5, 1) between '0' and '9'
            )
        )
    where charged.code_system = 'CPT'
)

select
    charged.code_system,
    charged.procedure_code,
    case
        when charged.code_system not in ('CPT', 'LOCAL') then 'outside_cpt'
        else matched.category_code
    end as category_code,
    case
        when charged.code_system not in ('CPT', 'LOCAL') then 'Services coded outside CPT and HCPCS'
        else matched.category_name
    end as category_name,
    case
        when charged.code_system not in ('CPT', 'LOCAL') then outside_cpt.account_code
        else matched.account_code
    end as account_code,
    coalesce(matched.is_global_split, false) as is_global_split,
    coalesce(matched.mapping_version, 1) as mapping_version
from charged
left join {{ ref('accounts') }} as outside_cpt on outside_cpt.account_role = 'revenue_outside_cpt'
left join matched
    on charged.code_system = matched.code_system
    and charged.procedure_code = matched.procedure_code
    and matched.match_number = 1
