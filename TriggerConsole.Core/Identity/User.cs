using Microsoft.AspNetCore.Identity;

namespace TriggerConsole.Core.Identity;

/// <summary>A person who signs in.</summary>
public sealed class User : IdentityUser<Guid>
{
    public const int MaxNameLength = 100;

    public Role Role { get; set; } = Role.Viewer;

    /// <summary>What people call him; null for his e-mail address.</summary>
    public string? Name { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When a sign-in last succeeded, whatever it was made with.</summary>
    public DateTimeOffset? LastSignInAt { get; set; }

    /// <summary>
    /// When an administrator locked him out; null when he may sign in. Too many wrong passwords are counted elsewhere
    /// (<see cref="Tries.TryCounter"/>) and end no session: a stranger must not be able to throw someone out.
    /// </summary>
    public DateTimeOffset? LockedAt { get; set; }

    /// <summary>Someone else chose his password: before anything else he has to choose one himself.</summary>
    public bool MustChangePassword { get; set; }
}

/// <summary>What a person may do. Each role includes the ones before it.</summary>
public enum Role
{
    Viewer,
    Operator,
    Editor,
    Administrator,
}
