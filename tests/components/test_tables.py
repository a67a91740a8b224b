"""Les tableaux : une colonne de montants s'aligne à droite, titre compris ; les autres ne changent pas."""

import pytest

from portail.components import tables


@pytest.mark.parametrize("draw", [tables.table, tables.read_only])
def test_only_the_columns_of_amounts_are_marked(draw) -> None:
    heads = ("Mois", tables.Amount("Total"), "Nature")
    drawn = str(draw("Facturations", heads, tables.rx.fragment()).render())
    assert drawn.count('className:"money"') == 1
    assert all(head in drawn for head in heads)


def test_a_title_of_amounts_reads_like_any_other() -> None:
    assert (tables.Amount("Total"), f"{tables.Amount('Total')} dû") == ("Total", "Total dû")
