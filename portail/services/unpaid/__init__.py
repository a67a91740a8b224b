"""Les impayés : leur liste par âge, et les relances."""
