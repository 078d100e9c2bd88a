/** Login, invitation, another password, and what went wrong: one card in the middle, and nothing that moves. */
import "./login.css";
