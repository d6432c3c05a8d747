{%- set tiers = [
    ['claim_id', 'number_mark', 'charged_size', 'paid_size'],
    ['claim_id', 'charged_size', 'paid_size'],
    ['claim_id', 'number_mark'],
] -%}
-- One row per booked claim of a remittance that is a reversal or stands beside one: which answer a reversal takes back.
-- Rests on what intermediaries do not rewrite: the payer's control number with the amounts, else the amounts, else the
-- control number; never on a payer's id. As brackets close: a reversal takes back the newest answer before it that is not
-- taken back, and each is taken back once. `open_before_count` says how many like answers stood unreversed before one.

with claims as (
    select
        answer_key,
        claim_id,
        is_reversal,
        coalesce(control_mark, concat('payer:', coalesce(payer_key, ''))) as number_mark,
        abs(charged_amount) as charged_size,
        abs(paid_amount) as paid_size,
        -- whose turn it was is no matter here: a reversal does not say it
        concat_ws(
            ':', coalesce(cast(payment_date as varchar), 'undated'), case when is_reversal then '0' else '1' end, answer_key
        ) as time_key
    from {{ ref('int_remittances__claims_ordered') }}
    where disposition = 'proposed'
),

found_0 as (
    select
        answer_key as reversal_key,
        answer_key as original_key
    from claims
    where false
),
{% for columns in tiers %}
    open_{{ loop.index }} as (
        select
            claims.*,
            sum(case when claims.is_reversal then -1 else 1 end) over (
                partition by {{ columns_of('claims', columns) }} order by claims.time_key
                rows between unbounded preceding and current row
            ) as balance_count
        from claims
        left join found_{{ loop.index0 }} as taken on claims.answer_key = taken.reversal_key
        left join found_{{ loop.index0 }} as given on claims.answer_key = given.original_key
        where taken.reversal_key is null and given.original_key is null
    ),

    floors_{{ loop.index }} as (
        select
            *,
            least(
                0,
                min(balance_count) over (
                    partition by {{ columns | join(', ') }} order by time_key
                    rows between unbounded preceding and current row
                )
            ) as floor_count,
            least(
                0,
                coalesce(min(balance_count) over (
                    partition by {{ columns | join(', ') }} order by time_key
                    rows between unbounded preceding and 1 preceding
                ), 0)
            ) as floor_before_count
        from open_{{ loop.index }}
    ),

    levels_{{ loop.index }} as (
        select
            *,
            case
                when is_reversal then balance_count - floor_count + 1
                else balance_count - floor_count
            end as level_count
        from floors_{{ loop.index }}
        -- a reversal that finds nothing open is none of the brackets
        where not is_reversal or floor_count = floor_before_count
    ),

    pairs_{{ loop.index }} as (
        select
            *,
            lag(answer_key) over (
                partition by {{ columns | join(', ') }}, level_count order by time_key
            ) as original_key
        from levels_{{ loop.index }}
    ),

    found_{{ loop.index }} as (
        select * from found_{{ loop.index0 }}

        union all

        select
            answer_key as reversal_key,
            original_key
        from pairs_{{ loop.index }}
        where is_reversal
    ),
{% endfor %}
repeats as (
    select
        answer_key,
        level_count - 1 as open_before_count
    from levels_1
    where not is_reversal
)

select
    claims.answer_key,
    taken.original_key,
    given.reversal_key,
    coalesce(repeats.open_before_count, 0) as open_before_count
from claims
left join found_{{ tiers | length }} as taken on claims.answer_key = taken.reversal_key
left join found_{{ tiers | length }} as given on claims.answer_key = given.original_key
left join repeats on claims.answer_key = repeats.answer_key
