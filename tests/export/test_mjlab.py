from webfoot.export.mjlab import mjlab_metadata

KEYS = """run_path joint_names joint_stiffness joint_damping default_joint_pos command_names observation_names
observation_terms_scale observation_terms_flatten_history_dim observation_terms_history_length observation_terms_clip
action_scale anchor_body_name body_names"""


def test_every_key_that_mjlab_reads_is_there(contract):
    assert mjlab_metadata(contract).keys() == set(KEYS.split())


def test_lists_are_comma_separated_at_full_precision(contract):
    metadata = mjlab_metadata(contract)
    assert metadata["joint_names"] == "hip,knee"
    assert metadata["joint_stiffness"] == "13.37,13.37"
    assert metadata["joint_damping"] == f"0.1,{1 / 3!r}"
    assert metadata["default_joint_pos"] == "0.1,-0.2"
    assert metadata["action_scale"] == "0.5,0.25"
    assert metadata["command_names"] == "vx,vy,wz"


def test_observation_keys_have_one_entry_per_term(contract):
    metadata = mjlab_metadata(contract)
    assert metadata["observation_names"] == "gyro,projected_gravity,joint_pos,joint_vel,last_action,phase,command"
    assert metadata["observation_terms_scale"] == "0.5,1.0,2.0,0.1,1.0,1.0,1.0"
    assert metadata["observation_terms_history_length"] == "0.0,0.0,2.0,0.0,2.0,0.0,0.0"
    assert metadata["observation_terms_clip"].split(",") == ["-inf;inf"] * 7
