-- One row per code and period: the professional share of a global service. The practice's own fees for 26 and TC are
-- asked first, CMS's relative values where it has none (PC/TC indicator 1).

with fees as (
    select * from {{ ref('int_fees__fees_dated') }}
    where fee_basis = 'charge' and place_of_service_code is null
),

relative_values as (
    select * from {{ ref('int_fees__relative_values_dated') }}
),

charged as (
    select
        professional.procedure_code,
        1 as priority,
        professional.fee_amount as professional_part,
        technical.fee_amount as technical_part,
        greatest(professional.valid_from_date, technical.valid_from_date) as valid_from_date,
        least(professional.valid_to_date, technical.valid_to_date) as valid_to_date
    from fees as professional
    inner join fees as technical
        on professional.procedure_code = technical.procedure_code
        and professional.valid_from_date <= technical.valid_to_date
        and professional.valid_to_date >= technical.valid_from_date
    where professional.modifier = '26' and technical.modifier = 'TC'
),

valued as (
    select
        professional.procedure_code,
        2 as priority,
        professional.non_facility_relative_value_units as professional_part,
        technical.non_facility_relative_value_units as technical_part,
        professional.valid_from_date,
        professional.valid_to_date
    from relative_values as professional
    inner join relative_values as technical
        on professional.procedure_code = technical.procedure_code
        and professional.valid_from_date = technical.valid_from_date
    where professional.modifier = '26' and technical.modifier = 'TC' and professional.component_indicator = '1'
),

parts as (
    select
        procedure_code,
        priority,
        cast(professional_part as decimal(18, 4)) as professional_part,
        cast(technical_part as decimal(18, 4)) as technical_part,
        valid_from_date,
        valid_to_date
    from charged
    union all
    select
        procedure_code,
        priority,
        professional_part,
        technical_part,
        valid_from_date,
        valid_to_date
    from valued
)

select
    procedure_code,
    priority,
    -- to four places: the share of a hundred, of parts that have four places themselves
    cast(
        {{ share_of('100', '100 * professional_part', '100 * (professional_part + technical_part)') }} * 0.01 as decimal(5, 4)
    ) as professional_rate,
    valid_from_date,
    valid_to_date
from parts
where professional_part + technical_part > 0
