/** The page that starts a training. */
import "./configure.css";
import { Page } from "../configure/page";

const form = document.querySelector<HTMLFormElement>("#training-form");
if (form) new Page(form).begin();
