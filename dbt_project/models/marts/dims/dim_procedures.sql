-- One row per procedure code that was ever charged, with its revenue category.

select
    code_system,
    procedure_code,
    category_code,
    category_name,
    account_code,
    is_global_split,
    mapping_version
from {{ ref('int_billing__procedures_categorized') }}
