-- One row per charge line: what it costs. An amount that no file states is units times the practice's own fee of the day.
-- Whether the fee or the line landed first is no matter.

with charges as (
    select * from {{ ref('int_billing__charges_coded') }}
),

-- the fee of the line's modifier and place before the one for any; a component (26, TC) is never priced as the whole
-- service
fee_matches as (
    select
        charges.charge_line_key,
        fees.fee_amount,
        row_number() over (
            partition by charges.charge_line_key
            order by
                case when fees.modifier is null then 1 else 0 end asc,
                case when fees.place_of_service_code is null then 1 else 0 end asc,
                fees.valid_from_date desc,
                fees.fee_key asc
        ) as match_number
    from charges
    inner join {{ ref('int_fees__fees_dated') }} as fees
        on charges.procedure_code = fees.procedure_code
        and fees.fee_basis = 'charge'
        and charges.fee_date between fees.valid_from_date and fees.valid_to_date
        and (fees.place_of_service_code is null or charges.place_of_service_code = fees.place_of_service_code)
        and (
            fees.modifier in (charges.modifier_1, charges.modifier_2, charges.modifier_3, charges.modifier_4)
            or (
                fees.modifier is null
                and coalesce(charges.modifier_1, '') not in ('26', 'TC')
                and coalesce(charges.modifier_2, '') not in ('26', 'TC')
                and coalesce(charges.modifier_3, '') not in ('26', 'TC')
                and coalesce(charges.modifier_4, '') not in ('26', 'TC')
            )
        )
    where charges.stated_amount is null and charges.source_hold_reason is null and charges.code_system = 'CPT'
)

select
    charges.charge_line_key,
    charges.file_id,
    coalesce(
        charges.stated_amount,
        cast(
            round(
                fee_matches.fee_amount * coalesce(charges.charged_units, 1)
                * case when charges.reversed_transaction_id is null then 1 else -1 end,
                2
            ) as decimal(18, 2)
        )
    ) as charged_amount
from charges
left join fee_matches on charges.charge_line_key = fee_matches.charge_line_key and fee_matches.match_number = 1
