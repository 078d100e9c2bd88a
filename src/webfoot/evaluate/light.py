"""The model that is drawn: the completed one with a sky, a floor that shows motion, and even light."""

import mujoco

from webfoot.robots.spec import Robot

SKY = ([0.93, 0.95, 0.96], [0.74, 0.80, 0.84])
FLOOR = ([0.80, 0.83, 0.85], [0.74, 0.77, 0.80])


def lit_model(robot: Robot) -> mujoco.MjModel:
    """The robot's model, with a sky and a floor's pattern where it has none, without shadows (slow in software)."""
    spec = robot.spec()
    texture = mujoco.mjtTexture
    if not any(item.type == texture.mjTEXTURE_SKYBOX for item in spec.textures):
        gradient = mujoco.mjtBuiltin.mjBUILTIN_GRADIENT
        sky = {"type": texture.mjTEXTURE_SKYBOX, "builtin": gradient, "width": 128, "height": 128}
        spec.add_texture(name="webfoot_sky", rgb1=SKY[0], rgb2=SKY[1], **sky)
    for floor in spec.worldbody.geoms:
        if floor.type == mujoco.mjtGeom.mjGEOM_PLANE and not floor.material:
            floor.material = _checker(spec)
    model = spec.compile()
    model.light_castshadow[:] = 0
    model.vis.headlight.active = 1
    model.vis.headlight.ambient[:] = 0.35
    model.vis.headlight.diffuse[:] = 0.3 if model.nlight else 0.6
    model.vis.headlight.specular[:] = 0.0
    return model


def _checker(spec: mujoco.MjSpec) -> str:
    """Name of a checkered material, made once."""
    name = "webfoot_checker"
    if not any(material.name == name for material in spec.materials):
        checker = {"type": mujoco.mjtTexture.mjTEXTURE_2D, "builtin": mujoco.mjtBuiltin.mjBUILTIN_CHECKER}
        spec.add_texture(name=name, rgb1=FLOOR[0], rgb2=FLOOR[1], width=256, height=256, **checker)
        material = spec.add_material(name=name, texrepeat=[5, 5], texuniform=True)
        material.textures[mujoco.mjtTextureRole.mjTEXROLE_RGB] = name
    return name
