using Microsoft.AspNetCore.Identity;

namespace TriggerConsole.Core.Identity;

/// <summary>A person who signs in.</summary>
public sealed class User : IdentityUser<Guid>
{
    public Role Role { get; set; } = Role.Viewer;

    public required DateTimeOffset CreatedAt { get; init; }
}

/// <summary>What a person may do. Each role includes the ones before it.</summary>
public enum Role
{
    Viewer,
    Operator,
    Editor,
    Administrator,
}
