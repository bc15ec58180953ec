"""A class in one room, without its browsers: what sessions of Streamlit's protocol wait for."""
