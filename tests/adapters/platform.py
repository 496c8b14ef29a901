"""Open Supply Hub downloads that tests make: all its columns, contacts planted in claims."""

from typing import Final

from tests.adapters.books import book
from tests.adapters.lists import quoted
from tests.adapters.planted import EMAIL, PERSON, PHONE

CORE: Final = (
    "os_id", "contribution_date", "name", "address", "country_code", "country_name", "lat", "lng",
    "sector", "contributor (list)", "number_of_workers", "parent_company",
    "processing_type_facility_type_raw", "facility_type", "processing_type", "product_type",
)  # fmt: skip
CLAIMS: Final = tuple(
    f"claim_{name}"
    for name in (
        "created_at", "name_in_native_language", "company_website", "company_phone",
        "point_of_contact", "point_of_contact_email", "office_name", "office_address",
        "office_country_code", "office_phone_number", "description",
        "certifications_standards_regulations", "affiliations", "minimum_order_quantity",
        "average_lead_time", "female_workers_percentage", "industry_sectors", "location_types",
        "other_location_type", "product_types", "processing_types", "parent_company",
        "number_of_workers", "opening_date", "estimated_annual_throughput_kg_year",
        "energy_coal_j", "energy_natural_gas_j", "energy_diesel_j", "energy_kerosene_j",
        "energy_biomass_j", "energy_charcoal_j", "energy_animal_waste_j",
        "energy_electricity_mwh", "energy_other_j",
    )
)  # fmt: skip
_PRESENCE: Final = "accord_inspections_and_remediation_program.rsc_presence"
PARTNERS: Final = (
    "is_closed", _PRESENCE,
    "accord_inspections_and_remediation_program.first_inspection_date",
    "rsc_grievance_mechanism.status", "rsc_grievance_mechanism.thematic_coverage",
    "rsc_grievance_mechanism.mechanism_type_ownership",
    "rsc_grievance_mechanism.access_modality", "rsc_grievance_mechanism.coverage",
)  # fmt: skip
HEADER: Final = (*CORE, *CLAIMS, *PARTNERS)

Site = dict[str, str]


def site(os_id: str, country: str = "BD", **cells: str) -> Site:
    """Return a row; `contributors`, `closed` and `presence` stand for those columns."""
    short = {"contributors": "contributor (list)", "closed": "is_closed", "presence": _PRESENCE}
    usual = {
        "os_id": os_id, "contribution_date": "2019-09-05", "name": f"Example Site {os_id[-3:]}",
        "address": "1 Example Road", "country_code": country, "country_name": "Example Country",
        "lat": "24.25", "lng": "90.39", "sector": "Apparel|Textiles",
        "contributor (list)": "Example AG", "number_of_workers": "5300",
        "product_type": "Shirts|Trousers", "claim_company_phone": PHONE,
        "claim_point_of_contact": PERSON, "claim_point_of_contact_email": EMAIL,
        "claim_office_phone_number": PHONE, "claim_description": f"Ask {PERSON}, {EMAIL}",
        "is_closed": "False", _PRESENCE: "Yes", "rsc_grievance_mechanism.status": "Active",
    }  # fmt: skip
    return usual | {short.get(name, name): cell for name, cell in cells.items()}


def download(*sites: Site, header: tuple[str, ...] = HEADER) -> bytes:
    """Return rows as the CSV that the platform gives."""
    return quoted(header, *([each.get(name, "") for name in header] for each in sites))


def workbook(*sites: Site) -> bytes:
    """Return the same as a workbook."""
    return book(facilities=[HEADER, *([each.get(name, "") for name in HEADER] for each in sites)])
