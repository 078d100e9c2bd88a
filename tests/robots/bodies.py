"""Models to be completed: a biped of primitives in pieces, and ways to take pieces away."""

LEG = """
<body name="{side}_thigh" pos="0 {y} 0">
  <joint name="{side}_hip" axis="0 1 0" range="-1.2 0.8" {limit}/>
  <geom type="capsule" fromto="0 0 0 0 0 -0.2" size="0.02" mass="0.3"/>
  <body name="{side}_shin" pos="0 0 -0.2">
    <joint name="{side}_knee" axis="0 1 0" range="-0.2 2" {limit}/>
    <geom type="capsule" fromto="0 0 0 0 0 -0.2" size="0.015" mass="0.2"/>
    <body name="{side}_foot" pos="0 0 -0.2">
      <joint name="{side}_ankle" axis="0 1 0" range="-1 1" {limit}/>
      <geom type="box" size="0.07 0.04 0.01" pos="0.02 0 -0.01" mass="0.1"/>
    </body>
  </body>
</body>"""
MODEL = """
<mujoco>
  <compiler angle="radian"/>
  <worldbody>
    <body name="trunk" pos="0 0 0.6">
      {base}
      <geom type="box" size="0.08 0.1 0.08" pos="0 0 0.1" mass="2"/>
      {legs}
    </body>
  </worldbody>
  <actuator>{actuators}</actuator>
</mujoco>"""
JOINTS = tuple(f"{side}_{joint}" for side in ("left", "right") for joint in ("hip", "knee", "ankle"))


def biped(base: str = "<freejoint/>", actuator: str = "", limit: str = "", joints: tuple[str, ...] = JOINTS) -> str:
    """A biped's MJCF; `actuator` is made once for each joint, `{j}` in it being the joint's name."""
    legs = "".join(LEG.format(side=side, y=y, limit=limit) for side, y in (("left", 0.08), ("right", -0.08)))
    actuators = "".join(actuator.format(j=joint) for joint in joints)
    return MODEL.format(base=base, legs=legs, actuators=actuators)


URDF_LEG = """
<link name="{s}_thigh"><inertial><origin xyz="0 0 -0.1"/><mass value="0.3"/>
  <inertia ixx="0.001" iyy="0.001" izz="0.0002" ixy="0" ixz="0" iyz="0"/></inertial>
  <visual><geometry><mesh filename="package://toy/meshes/thigh.dae"/></geometry></visual></link>
<joint name="{s}_hip" type="revolute"><parent link="trunk"/><child link="{s}_thigh"/><origin xyz="0 {y} 0"/>
  <axis xyz="0 1 0"/><limit lower="-1.2" upper="0.8" effort="9" velocity="7"/></joint>
<link name="{s}_shin"><inertial><origin xyz="0 0 -0.1"/><mass value="0.2"/>
  <inertia ixx="0.001" iyy="0.001" izz="0.0002" ixy="0" ixz="0" iyz="0"/></inertial></link>
<joint name="{s}_knee" type="revolute"><parent link="{s}_thigh"/><child link="{s}_shin"/><origin xyz="0 0 -0.2"/>
  <axis xyz="0 1 0"/><limit lower="-0.2" upper="2" effort="9" velocity="7"/></joint>
<link name="{s}_foot"><inertial><mass value="0.1"/>
  <inertia ixx="0.0002" iyy="0.0002" izz="0.0002" ixy="0" ixz="0" iyz="0"/></inertial>
  <collision><origin xyz="0.02 0 -0.01"/><geometry>{sole}</geometry></collision></link>
<joint name="{s}_ankle" type="revolute"><parent link="{s}_shin"/><child link="{s}_foot"/><origin xyz="0 0 -0.2"/>
  <axis xyz="0 1 0"/><limit lower="-1" upper="1" effort="9" velocity="7"/></joint>"""


def urdf(sole: str = '<box size="0.14 0.08 0.02"/>') -> str:
    """The same biped as a URDF with meshes for its looks that are not there."""
    legs = "".join(URDF_LEG.format(s=side, y=y, sole=sole) for side, y in (("left", 0.08), ("right", -0.08)))
    return f"""<?xml version="1.0"?><robot name="toy"><link name="trunk"><inertial><origin xyz="0 0 0.1"/>
      <mass value="2"/><inertia ixx="0.02" iyy="0.02" izz="0.02" ixy="0" ixz="0" iyz="0"/></inertial>
      <collision><origin xyz="0 0 0.1"/><geometry><box size="0.16 0.2 0.16"/></geometry></collision></link>
      {legs}</robot>"""


OBJ = """v 0 0 0
v 0.1 0 0
v 0 0.06 0
v 0 0 0.02
f 1 3 2
f 1 2 4
f 1 4 3
f 2 3 4
"""
