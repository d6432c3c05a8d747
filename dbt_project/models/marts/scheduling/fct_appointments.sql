-- One row per appointment, in its last state. States count in the order in which they arrived; a cancellation that
-- repeats no day leaves the day, provider and place that were said before it.

with ranked as (
    select * from {{ ref('int_scheduling__appointments_ranked') }}
),

last_states as (
    select * from ranked
    where age = 1
),

last_days as (
    select
        *,
        cast(null as varchar) as entity_member
    from ranked
    where age_with_a_day = 1
)

select
    last_states.appointment_key,
    last_states.file_id,
    last_states.segment_number,
    last_states.sending_application,
    last_states.sending_facility,
    last_states.appointment_id,
    last_states.patient_id,
    last_states.appointment_state,
    last_states.status_code,
    last_days.appointment_type,
    last_days.reason_code,
    last_days.service_code,
    last_days.provider_id,
    last_days.location_id,
    {{ entity_of('last_days') }} as entity_id,
    last_days.appointment_date,
    last_days.start_time,
    last_days.duration_minutes,
    last_states.appointment_state not in ('cancelled', 'no_show') as is_standing,
    last_states.state_count,
    last_states.first_loaded_at,
    last_states.loaded_at
from last_states
inner join last_days on last_states.appointment_key = last_days.appointment_key
{{ join_entities('last_days', ref('entity_members')) }}
