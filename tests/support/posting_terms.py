"""The names that a job posting may use, and those that search engines ask for.

The names are those of schema.org for the types that our examples use; required and recommended ones are those
of Google's page on structured data for job postings.
"""

from collections.abc import Iterator, Mapping

THING = frozenset(["@context", "@id", "@type", "name", "description", "url", "sameAs", "identifier", "image"])

TERMS: Mapping[str, frozenset[str]] = {
    "JobPosting": THING
    | {
        "applicantLocationRequirements",
        "applicationContact",
        "baseSalary",
        "datePosted",
        "directApply",
        "educationRequirements",
        "employmentType",
        "experienceRequirements",
        "hiringOrganization",
        "industry",
        "jobBenefits",
        "jobImmediateStart",
        "jobLocation",
        "jobLocationType",
        "jobStartDate",
        "occupationalCategory",
        "qualifications",
        "relevantOccupation",
        "responsibilities",
        "salaryCurrency",
        "skills",
        "title",
        "totalJobOpenings",
        "validThrough",
        "workHours",
    },
    "Organization": THING | {"email", "telephone", "address", "logo", "legalName"},
    "Place": THING | {"address"},
    "PostalAddress": THING | {"streetAddress", "addressLocality", "addressRegion", "postalCode", "addressCountry"},
    "Country": THING,
    "AdministrativeArea": THING,
    "MonetaryAmount": THING | {"currency", "value", "minValue", "maxValue"},
    "QuantitativeValue": THING | {"value", "minValue", "maxValue", "unitText", "unitCode"},
    "PropertyValue": THING | {"value"},
    "DefinedTerm": THING | {"termCode", "inDefinedTermSet"},
    "Occupation": THING | {"skills", "qualifications", "occupationalCategory", "responsibilities"},
    "ContactPoint": THING | {"email", "telephone", "contactType"},
}

REQUIRED = frozenset(["title", "description", "datePosted", "hiringOrganization", "jobLocation"])
RECOMMENDED = frozenset(["baseSalary", "employmentType", "validThrough"])


def plain(value: object) -> object:
    """Take the prefix `schema:` from names and types."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {
            key.removeprefix("schema:"): inner.removeprefix("schema:")
            if key == "@type" and isinstance(inner, str)
            else plain(inner)
            for key, inner in value.items()
        }
    return value


def nodes(value: object) -> Iterator[dict[str, object]]:
    """Every object in a document that says its type."""
    if isinstance(value, list):
        for item in value:
            yield from nodes(item)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for key, inner in value.items():
            if key != "@context":
                yield from nodes(inner)


def faults(document: object) -> list[str]:
    """Say which names of a document schema.org does not know, and which ones a search engine would miss."""
    found: list[str] = []
    for node in nodes(plain(document)):
        kind = str(node["@type"])
        if kind not in TERMS:
            found.append(f"unknown type {kind}")
            continue
        found += [f"{kind} has no property {key}" for key in sorted(set(node) - TERMS[kind])]
        if kind == "JobPosting":
            found += [f"{key} is missing" for key in sorted((REQUIRED | RECOMMENDED) - set(node))]
    return found
