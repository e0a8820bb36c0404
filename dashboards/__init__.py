"""The dashboard: thin Streamlit pages over `sim`."""
