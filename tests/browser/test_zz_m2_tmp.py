import json, pytest
from tests.browser.test_explorers import explorer, Keys, CELL
from tests.browser.test_widths import NARROW, TOO_WIDE
@pytest.mark.parametrize("name",["target-map","order-machine","skills-over-time"])
def test_look(explorer,name):
    nb=explorer(name); page=nb.output(CELL); bad=[]
    nb.command("application:toggle-left-area")
    for w in (200,320):
        nb.page.evaluate(NARROW,w); print(name,w,"ask",nb.page.evaluate(TOO_WIDE))
    for m in page.locator("select").all(): m.select_option(index=1)
    page.get_by_role("button", name="Lock my").click()
    page.locator(".cc-settings").wait_for()
    for w in (200,320):
        nb.page.evaluate(NARROW,w); print(name,w,"page",*nb.page.evaluate(TOO_WIDE)[:12],sep="\n   ")
    if name!="order-machine": print(nb.page.evaluate("()=>{const t=[...document.querySelectorAll('.cc-figure th')].map(e=>{const s=getComputedStyle(e);return [e.textContent,s.overflowWrap,s.wordBreak,s.whiteSpace,s.hyphens,e.getBoundingClientRect().width]});return t.slice(0,4)}"))
    nb.page.evaluate("document.querySelectorAll('.jp-OutputArea-output').forEach(e=>e.style.width='330px')")
    nb.page.set_viewport_size({"width":900,"height":3300})
    page.screenshot(path=f"/tmp/m2/{name}-narrow.png", timeout=8000)
    nb.page.evaluate("document.querySelectorAll('.jp-OutputArea-output').forEach(e=>e.style.width='720px');document.querySelectorAll('.cc-page details, .cc-figure details').forEach(each => { each.open = false; })")
    nb.page.set_viewport_size({"width":900,"height":2800})
    page.screenshot(path=f"/tmp/m2/{name}-page.png", timeout=8000)
