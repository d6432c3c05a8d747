-- One row per line of a booked answer or reversal, and one more per line that a reversal takes back: what it books of a claim
-- line. A reversal takes back what its answer booked, account by account, whatever its own codes say, and moves the money it
-- writes. Without a known original it is booked as written beside its correction, and alone it moves only money, which
-- waits. What was paid the same before waits as money alone; what is repeated books nothing.

{% set amounts = ['contractual', 'sequestration', 'capitation', 'patient', 'returned_patient', 'unknown'] %}

with answer_lines as (
    select * from {{ ref('int_remittances__answer_lines') }}
),

bounded as (
    select * from {{ ref('int_remittances__answers_bounded') }}
),

numbered as (
    select
        answer_lines.*,
        bounded.reduction_amount,
        bounded.returned_patient_amount as answer_returned_amount,
        coalesce(sum(answer_lines.contractual_amount) over (
            partition by answer_lines.compared_key, answer_lines.answer_key order by answer_lines.remittance_line_key
            rows between unbounded preceding and 1 preceding
        ), 0) as contractual_before_amount,
        row_number() over (
            partition by answer_lines.compared_key, answer_lines.answer_key order by answer_lines.remittance_line_key
        ) as line_number,
        case when answer_lines.is_repeated or answer_lines.is_paid_twice then 0 else 1 end as is_booked
    from answer_lines
    left join bounded
        on answer_lines.compared_key = bounded.compared_key and answer_lines.answer_key = bounded.answer_key
),

-- a bounded reduction fills its lines in order
booked as (
    select
        *,
        is_booked * case
            when contractual_amount <= 0 or reduction_amount is null then contractual_amount
            else least(contractual_amount, greatest(reduction_amount - contractual_before_amount, 0))
        end as booked_contractual_amount,
        case when line_number = 1 then coalesce(answer_returned_amount, 0) else 0 end as booked_returned_patient_amount
    from numbered
    where not is_reversal
),

reversals as (
    select distinct
        answer_key,
        original_answer_key,
        file_id,
        event_id,
        posting_date,
        loaded_at
    from numbered
    where is_reversal and original_answer_key is not null
),

positions as (
    select
        remittance_line_key,
        file_id,
        service_key,
        answer_key,
        event_id,
        posting_date,
        claim_id,
        payer_id,
        payer_class,
        rendering_provider_id,
        false as is_reversal,
        false as is_mirrored,
        case when is_paid_twice then 'paid_twice' else 'claim' end as money_place,
        case when is_repeated then 0 else paid_amount end as paid_amount,
        booked_contractual_amount as contractual_amount,
        is_booked * sequestration_amount as sequestration_amount,
        is_booked * capitation_amount as capitation_amount,
        is_booked * patient_amount as patient_amount,
        booked_returned_patient_amount as returned_patient_amount,
        is_booked * unknown_amount as unknown_amount,
        is_booked * contractual_amount - booked_contractual_amount as exceeding_amount,
        known_date,
        loaded_at
    from booked

    union all

    select
        remittance_line_key,
        file_id,
        service_key,
        answer_key,
        event_id,
        posting_date,
        claim_id,
        payer_id,
        payer_class,
        rendering_provider_id,
        true as is_reversal,
        false as is_mirrored,
        case
            when is_original_paid_twice then 'paid_twice'
            when original_answer_key is not null or is_corrected then 'claim'
            else 'unmatched'
        end as money_place,
        paid_amount,
        {% for amount in amounts %}
            {% if amount == 'returned_patient' %}
                0 as returned_patient_amount,
            {% else %}
                case when is_corrected and original_answer_key is null then {{ amount }}_amount else 0 end
                    as {{ amount }}_amount,
            {% endif %}
        {% endfor %}
        0 as exceeding_amount,
        known_date,
        loaded_at
    from numbered
    where is_reversal

    union all

    select
        booked.remittance_line_key,
        reversals.file_id,
        booked.service_key,
        reversals.answer_key,
        reversals.event_id,
        reversals.posting_date,
        booked.claim_id,
        booked.payer_id,
        booked.payer_class,
        booked.rendering_provider_id,
        true as is_reversal,
        true as is_mirrored,
        'claim' as money_place,
        0 as paid_amount,
        -booked.booked_contractual_amount as contractual_amount,
        -booked.is_booked * booked.sequestration_amount as sequestration_amount,
        -booked.is_booked * booked.capitation_amount as capitation_amount,
        -booked.is_booked * booked.patient_amount as patient_amount,
        -booked.booked_returned_patient_amount as returned_patient_amount,
        -booked.is_booked * booked.unknown_amount as unknown_amount,
        0 as exceeding_amount,
        greatest(reversals.posting_date, booked.known_date) as known_date,
        reversals.loaded_at
    from booked
    inner join reversals on booked.answer_key = reversals.original_answer_key
)

select
    remittance_line_key,
    file_id,
    service_key,
    answer_key,
    event_id,
    posting_date,
    claim_id,
    payer_id,
    payer_class,
    rendering_provider_id,
    is_reversal,
    is_mirrored,
    money_place,
    {{ money('paid_amount') }} as paid_amount,
    {% for amount in amounts %}
        {{ money(amount ~ '_amount') }} as {{ amount }}_amount,
    {% endfor %}
    {{ money('exceeding_amount') }} as exceeding_amount,
    max(greatest(posting_date, known_date)) over (partition by claim_id) as known_date,
    loaded_at
from positions
