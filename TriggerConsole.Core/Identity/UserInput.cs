namespace TriggerConsole.Core.Identity;

/// <summary>A new user.</summary>
public sealed record UserInput
{
    public required string Email { get; init; }

    public string? Name { get; init; }

    public Role Role { get; init; } = Role.Viewer;

    /// <summary>A first password, which the user has to change at his first sign-in; left out, a link is made by which he chooses one.</summary>
    public string? Password { get; init; }
}

/// <summary>What is to be changed of a user; what is null stays.</summary>
public sealed record UserChange
{
    /// <summary>Empty takes it away.</summary>
    public string? Name { get; init; }

    public Role? Role { get; init; }
}

/// <summary>A user as administrators see him.</summary>
/// <param name="LockedAt">When an administrator locked him out; null when he may sign in.</param>
/// <param name="LockedOutUntil">Until when wrong passwords keep unknown browsers out; null when they do not.</param>
/// <param name="RecoveryCodes">Those that are left.</param>
/// <param name="IsInvited">He has not chosen a password yet.</param>
/// <param name="Sessions">Browsers and programs where he is signed in.</param>
public sealed record UserView(
    Guid Id, string Email, string? Name, Role Role, DateTimeOffset CreatedAt, DateTimeOffset? LastSignInAt, DateTimeOffset? LockedAt, DateTimeOffset? LockedOutUntil,
    bool HasTwoFactor, int RecoveryCodes, bool IsInvited, bool MustChangePassword, int Sessions)
{
    /// <summary>What he is called.</summary>
    public string Title => Name ?? Email;
}
