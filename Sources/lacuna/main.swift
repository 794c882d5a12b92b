import Commands

LacunaCommand.main()
